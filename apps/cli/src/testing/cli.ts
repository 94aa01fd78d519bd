import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const MAIN = fileURLToPath(new URL("../main.ts", import.meta.url));

export interface CliOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Piped in; without it standard input is empty. */
  readonly input?: string;
  /** Called with all of stdout and stderr whenever more arrives. */
  readonly onOutput?: (text: string, child: ChildProcess) => void;
}

export interface CliResult {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the command line as its own process, with nothing of this one's environment but the way to Node. */
export function spawnCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): ChildProcess {
  return spawn(process.execPath, ["--conditions=@claw/source", MAIN, ...args], {
    env: { PATH: process.env["PATH"] ?? "", CLAW_NO_OPEN: "1", ...env },
  });
}

export async function runCli(args: readonly string[], options: CliOptions = {}): Promise<CliResult> {
  const child = spawnCli(args, options.env);
  let stdout = "";
  let stderr = "";
  const heard = (): void => options.onOutput?.(stdout + stderr, child);
  child.stdout?.setEncoding("utf8").on("data", (text) => {
    stdout += text;
    heard();
  });
  child.stderr?.setEncoding("utf8").on("data", (text) => {
    stderr += text;
    heard();
  });
  child.stdin?.end(options.input ?? "");
  const [exitCode] = await once(child, "close");
  return { exitCode, stdout, stderr };
}

/** A home of its own for a command line; disposing it removes it. */
export async function temporaryHome() {
  const home = await mkdtemp(join(tmpdir(), "claw-cli-"));
  const stateDir = join(home, "state");
  return {
    home,
    stateDir,
    configPath: join(stateDir, "openclaw.json"),
    env: { HOME: home, CLAW_STATE_DIR: stateDir },
    [Symbol.asyncDispose]: () => rm(home, { recursive: true, force: true, maxRetries: 3 }),
  };
}
