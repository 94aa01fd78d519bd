import { posix } from "node:path";
import { type CallOptions, type RunResult, type Sandbox, workspacePath } from "@claw/core";
import type { CommandLimits } from "./limits.ts";
import { failure, supervise } from "./run.ts";
import { spawnCommand } from "./spawn-command.ts";
import { listDirectory, readWorkspaceFile, writeWorkspaceFile } from "./workspace-files.ts";

export interface SandboxParts {
  readonly bwrap: string;
  readonly mounts: readonly string[];
  readonly workspace: string;
  readonly readOnly: boolean;
  readonly limits: CommandLimits;
  /** Fires when the sandbox is disposed. */
  readonly lost: AbortSignal;
}

const DEFAULT_TIMEOUT_MS = 120_000;
const DEFAULT_READ_BYTES = 4 * 1024 * 1024;

const baseEnvironment = {
  PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
  HOME: "/workspace",
  USER: "claw",
  LANG: "C.UTF-8",
  TMPDIR: "/tmp",
};

export function createSandbox({ bwrap, mounts, workspace, readOnly, limits, lost }: SandboxParts): Sandbox {
  const check = (signal: CallOptions["signal"]) => {
    if (lost.aborted) throw failure("SANDBOX_LOST", "the sandbox was disposed; acquire another");
    if (signal?.aborted) throw failure("SANDBOX_ABORTED", "the call was aborted before it started");
  };
  return {
    description: describe(readOnly, limits),
    async run(command, options = {}) {
      const { cwd = "", env = {}, timeoutMs = DEFAULT_TIMEOUT_MS, signal } = options;
      check(signal);
      const problem = unusable(cwd, env);
      if (problem !== undefined) return refused(problem);
      const directory = posix.resolve("/workspace", cwd);
      const environment = { ...baseEnvironment, ...env };
      const parts = { bwrap, mounts, workspace, readOnly, limits, command, cwd: directory, env: environment };
      return supervise(spawnCommand(parts), { ...options, timeoutMs }, lost);
    },
    async readFile(path, { maxBytes = DEFAULT_READ_BYTES, signal } = {}) {
      check(signal);
      return readWorkspaceFile(workspace, workspacePath(path), maxBytes);
    },
    async writeFile(path, content, { signal } = {}) {
      check(signal);
      const relative = workspacePath(path);
      if (readOnly) throw failure("SANDBOX_READ_ONLY", `the workspace is read-only; ${relative} was not written`);
      await writeWorkspaceFile(workspace, relative, content);
    },
    async list(path, { signal } = {}) {
      check(signal);
      return listDirectory(workspace, workspacePath(path));
    },
  };
}

/** Options are separated by NUL, so one in a value would be an option of the caller's making. */
function unusable(cwd: string, env: Readonly<Record<string, string>>): string | undefined {
  if (cwd.includes("\0")) return "the working directory holds a NUL byte";
  for (const [name, value] of Object.entries(env)) {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) return `${JSON.stringify(name)} is no name of a variable`;
    if (value.includes("\0")) return `the value of ${name} holds a NUL byte`;
  }
  return undefined;
}

function refused(problem: string): RunResult {
  return { exitCode: 1, stdout: "", stderr: `bash: ${problem}\n`, truncated: false, timedOut: false };
}

function describe(readOnly: boolean, { memoryMb, pids, tmpMb }: CommandLimits): string {
  return [
    `Commands run in bash on Linux in /workspace (${readOnly ? "read-only" : "writable, kept"}), as an unprivileged user.`,
    `/tmp (${tmpMb} MB) is empty for every command, and no process outlives its command.`,
    "The programs are the host's in /usr, read-only; nothing can be installed system-wide.",
    `No network. Limits: ${memoryMb} MB of memory a process, ${pids} processes, 120 s a command unless told otherwise.`,
  ].join(" ");
}
