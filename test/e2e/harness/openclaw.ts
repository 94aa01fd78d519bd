import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { openTerminal, type Terminal } from "./terminal.ts";

const VERSION = "2026.9.6";
const folder = resolve(import.meta.dirname, `../../../.toolchain/openclaw-${VERSION}`);
const program = join(folder, "node_modules/openclaw/openclaw.mjs");
const run = promisify(execFile);

/** Installs the stock command line beside the toolchain, once. Safe to repeat, also after an interruption. */
export async function installOpenClaw(): Promise<void> {
  const done = join(folder, "installed");
  if (existsSync(done)) return;
  process.stderr.write(`installing openclaw@${VERSION} once; it takes 650 MB of disk\n`);
  await mkdir(folder, { recursive: true });
  // A project of its own: npm would look for one further up.
  await writeFile(join(folder, "package.json"), '{ "private": true }\n');
  const args = ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--save-exact", `openclaw@${VERSION}`];
  await run("npm", args, { cwd: folder, maxBuffer: 16 * 1024 * 1024 });
  await writeFile(done, "");
}

interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The stock command line with a home of its own that knows nothing but the variables given. */
export interface OpenClaw extends AsyncDisposable {
  readonly stateDir: string;
  run(...args: readonly string[]): Promise<Finished>;
  /** A command that draws on a terminal. */
  terminal(...args: readonly string[]): Promise<Terminal>;
}

export async function openClaw(env: Readonly<Record<string, string>>): Promise<OpenClaw> {
  const home = await mkdtemp(join(tmpdir(), "claw-openclaw-"));
  const { PATH } = process.env;
  const stateDir = join(home, "state");
  const all = { PATH, HOME: home, TMPDIR: home, OPENCLAW_STATE_DIR: stateDir, NO_COLOR: "1", ...env };
  return {
    stateDir,
    async run(...args) {
      try {
        const { stdout, stderr } = await run(process.execPath, [program, ...args], { env: all, timeout: 180_000 });
        return { code: 0, stdout, stderr };
      } catch (error) {
        const { code, stdout = "", stderr = "" } = error as Partial<Finished>;
        return { code: typeof code === "number" ? code : -1, stdout, stderr };
      }
    },
    terminal: (...args) => openTerminal({ command: [process.execPath, program, ...args], env: all }),
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true, maxRetries: 5 }),
  };
}
