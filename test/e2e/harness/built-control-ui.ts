import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";

const app = fileURLToPath(new URL("../../../apps/control-ui/", import.meta.url));

export interface BuiltControlUi extends AsyncDisposable {
  readonly folder: string;
}

/** Builds the page into a folder of its own, so that what a gateway may be serving stays as it is. */
export async function buildControlUi(): Promise<BuiltControlUi> {
  const folder = await mkdtemp(join(tmpdir(), "claw-control-ui-"));
  const manifest = createRequire(join(app, "package.json")).resolve("vite/package.json");
  const vite = join(dirname(manifest), "bin", "vite.js");
  // A test runner's own NODE_ENV would make it a development build.
  const env = { ...process.env, NODE_ENV: "production" };
  await promisify(execFile)(process.execPath, [vite, "build", "--outDir", folder, "--emptyOutDir"], { cwd: app, env });
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true }) };
}

export interface PageScripts {
  /** Loaded before anything shows. */
  readonly first: readonly string[];
  /** Loaded later, when needed. */
  readonly later: readonly string[];
}

/** The scripts of a built page, as text. */
export async function readScripts({ folder }: BuiltControlUi): Promise<PageScripts> {
  const html = await readFile(join(folder, "index.html"), "utf8");
  const named = new Set([...html.matchAll(/(?:src|href)="\.\/(\S+?\.js)"/g)].flatMap(([, path]) => path ?? []));
  const all = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith(".js"));
  const read = (paths: readonly string[]) => Promise.all(paths.map((path) => readFile(join(folder, path), "utf8")));
  return {
    first: await read(all.filter((path) => named.has(path))),
    later: await read(all.filter((path) => !named.has(path))),
  };
}

/** In bytes, as a browser gets them. */
export function gzippedSize(texts: readonly string[]): number {
  return texts.reduce((total, text) => total + gzipSync(text).byteLength, 0);
}
