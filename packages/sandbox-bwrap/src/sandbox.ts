import { type CallOptions, type Sandbox, workspacePath } from "@claw/core";
import type { Supervisor } from "@claw/sandbox-supervisor";
import type { SandboxParts } from "./arguments.ts";
import { failure } from "./errors.ts";
import type { CommandLimits } from "./limits.ts";
import { run } from "./run.ts";
import { listDirectory, readWorkspaceFile, writeWorkspaceFile } from "./workspace-files.ts";

export interface CreateSandboxOptions extends Pick<SandboxParts, "workspace" | "readOnly" | "limits"> {
  readonly supervisor: Supervisor;
  /** Fires when the sandbox is disposed. */
  readonly lost: AbortSignal;
}

const DEFAULT_READ_BYTES = 4 * 1024 * 1024;

export function createSandbox({ supervisor, workspace, readOnly, limits, lost }: CreateSandboxOptions): Sandbox {
  const check = (signal: CallOptions["signal"]) => {
    if (lost.aborted) throw failure("SANDBOX_LOST", "the sandbox was disposed; acquire another");
    if (signal?.aborted) throw failure("SANDBOX_ABORTED", "the call was aborted before it started");
  };
  return {
    description: describe(readOnly, limits),
    run: (command, options) => run(supervisor, command, options),
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

function describe(readOnly: boolean, { memoryMb, pids, tmpMb }: CommandLimits): string {
  return [
    `Commands run in bash on Linux in /workspace (${readOnly ? "read-only" : "writable, kept"}), as an unprivileged user.`,
    `/tmp (${tmpMb} MB) and processes in the background last as long as the sandbox, unless their command runs out of time.`,
    "The programs are the host's in /usr, read-only; nothing can be installed system-wide.",
    `No network. Limits: ${memoryMb} MB of memory a process, ${pids} processes, 120 s a command unless told otherwise.`,
  ].join(" ");
}
