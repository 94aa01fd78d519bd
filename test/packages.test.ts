import { execFile } from "node:child_process";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { members, root } from "./topology/workspace.ts";

// What `npm publish` would send, taken as a stranger takes it: packed, checked, installed into an empty project, imported.

const run = promisify(execFile);
const bin = (name: string): string => resolve(root, "node_modules/.bin", name);
const packages = members("packages").filter(({ manifest }) => manifest.private !== true);

/** Runs a program and gives its output, also when it fails. */
async function outputOf(program: string, args: readonly string[], cwd: string): Promise<string> {
  try {
    const { stdout } = await run(program, [...args], { cwd, maxBuffer: 16 * 1024 * 1024, env: cleanEnvironment() });
    return stdout;
  } catch (error) {
    const { stdout = "", stderr = "" } = error as { readonly stdout?: string; readonly stderr?: string };
    throw new Error(`${program} ${args.join(" ")} failed in ${cwd}:\n${stdout}\n${stderr}`, { cause: error });
  }
}

/** Without what `npm test` and vitest set for themselves: a package must work in a plain Node. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(NODE_OPTIONS|VITEST|NODE_ENV|npm_(?!config_registry))/.test(name),
  );
  return { ...Object.fromEntries(kept), CI: "true" };
}

let folder: string;
const tarballs = new Map<string, string>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "claw-packages-"));
  await outputOf(bin("turbo"), ["run", "build", "--filter=./packages/*", "--output-logs=errors-only"], root);
  for (const { folder: source, shortName, manifest } of packages) {
    const out = join(folder, shortName);
    await outputOf("pnpm", ["pack", "--pack-destination", out], resolve(root, source));
    const [tarball = ""] = await readdir(out);
    tarballs.set(manifest.name, join(out, tarball));
  }
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const tarballOf = (name: string): string => tarballs.get(name) ?? expect.fail(`${name} was not packed`);

describe.each(packages.map(({ manifest }) => manifest.name))("%s", (name) => {
  test("is packed as publint wants it", async () => {
    await outputOf(bin("publint"), [tarballOf(name), "--strict"], root);
  });

  test("has types that resolve in every module mode", async () => {
    await outputOf(bin("attw"), [tarballOf(name), "--profile", "esm-only"], root);
  });
});

describe("an empty project with every package installed", () => {
  let project: string;

  beforeAll(async () => {
    project = join(folder, "project");
    await outputOf("mkdir", [project], folder);
    const files = Object.fromEntries([...tarballs].map(([name, path]) => [name, `file:${path}`]));
    await writeFile(
      join(project, "package.json"),
      JSON.stringify({ private: true, type: "module", dependencies: files }),
    );
    // The versions that the tarballs name are not in a registry yet.
    const overrides = Object.entries(files).map(([name, path]) => `  "${name}": "${path}"\n`);
    const allowed = ["better-sqlite3", "protobufjs", "cpu-features", "ssh2"].map(
      (name) => `  "${name}": ${name === "better-sqlite3"}\n`,
    );
    const settings = `overrides:\n${overrides.join("")}allowBuilds:\n${allowed.join("")}strictDepBuilds: false\n`;
    await writeFile(join(project, "pnpm-workspace.yaml"), settings);
    await outputOf("pnpm", ["install", "--prefer-offline", "--no-frozen-lockfile"], project);
  });

  test("has the schema of the configuration, every key described", async () => {
    const code = `
      import schema from "@claw/config/schema.json" with { type: "json" };
      import { configJsonSchema } from "@claw/config";
      import { isDeepStrictEqual } from "node:util";
      console.log(schema.properties.gateway.description, isDeepStrictEqual(schema, await configJsonSchema()))`;
    const output = await outputOf(process.execPath, ["--input-type=module", "-e", code], project);
    expect(output).toBe("The server: where it listens and who may connect. true\n");
  });

  const specifiers = packages.flatMap(({ manifest }) =>
    Object.keys(manifest.exports ?? {}).map((key) => `${manifest.name}${key.slice(1)}`),
  );

  test.each(specifiers)("imports %s", async (specifier) => {
    const attributes = specifier.endsWith(".json") ? ', { with: { type: "json" } }' : "";
    const code = `console.log(typeof (await import(${JSON.stringify(specifier)}${attributes})))`;
    expect(await outputOf(process.execPath, ["--input-type=module", "-e", code], project)).toBe("object\n");
  });
});
