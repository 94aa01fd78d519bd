import { posix } from "node:path";
import type { RunOptions, RunResult } from "@claw/core";
import { bashCommand, collectRun, runCommand, type Supervisor } from "@claw/sandbox-supervisor";

const DEFAULT_TIMEOUT_MS = 120_000;

const baseEnvironment = {
  PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
  HOME: "/workspace",
  USER: "claw",
  LANG: "C.UTF-8",
  TMPDIR: "/tmp",
};

/** `Sandbox.run` over a supervisor. */
export function run(supervisor: Supervisor, command: string, options: RunOptions = {}): Promise<RunResult> {
  const { cwd = "", env, stdin, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const bash = bashCommand(command);
  return collectRun(options, (call) =>
    runCommand(supervisor, {
      ...call,
      argv: bash.argv,
      cwd: posix.resolve("/workspace", cwd),
      env: { ...baseEnvironment, ...env, ...bash.env },
      stdin,
      timeoutMs,
    }),
  );
}
