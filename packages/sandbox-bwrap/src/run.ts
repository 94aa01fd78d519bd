import { posix } from "node:path";
import type { RunOptions, RunResult, SandboxProcess, StartOptions } from "@claw/core";
import { bashCommand, collectRun, runCommand, type Supervisor, startProcess } from "@claw/sandbox-supervisor";

const DEFAULT_TIMEOUT_MS = 120_000;

export interface RunTarget {
  readonly supervisor: Supervisor;
  /** What every command starts with. */
  readonly environment: Readonly<Record<string, string>>;
}

/** `Sandbox.run` over a supervisor. */
export function run(
  { supervisor, environment }: RunTarget,
  command: string,
  options: RunOptions = {},
): Promise<RunResult> {
  const { cwd = "", env, stdin, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const bash = bashCommand(command);
  return collectRun(options, (call) =>
    runCommand(supervisor, {
      ...call,
      argv: bash.argv,
      cwd: posix.resolve("/workspace", cwd),
      env: { ...environment, ...env, ...bash.env },
      stdin,
      timeoutMs,
    }),
  );
}

/** `Sandbox.start` over a supervisor. */
export function start({ supervisor, environment }: RunTarget, command: string, options: StartOptions): SandboxProcess {
  const { cwd = "", env, ...rest } = options;
  const bash = bashCommand(command);
  return startProcess(supervisor, {
    ...rest,
    argv: bash.argv,
    cwd: posix.resolve("/workspace", cwd),
    env: { ...environment, ...env, ...bash.env },
  });
}
