import {
  type CallOptions,
  listWorkspaceDirectory,
  readWorkspaceFile,
  type Sandbox,
  workspacePath,
  writeWorkspaceFile,
} from "@claw/core";
import { networkDescription, networkEnvironment, type Supervisor, type WorkspaceQuota } from "@claw/sandbox-supervisor";
import type { SandboxParts } from "./arguments.ts";
import { failure } from "./errors.ts";
import type { CommandLimits } from "./limits.ts";
import { run, start } from "./run.ts";

export interface CreateSandboxOptions extends Pick<SandboxParts, "workspace" | "readOnly" | "limits"> {
  readonly supervisor: Supervisor;
  readonly quota: WorkspaceQuota | undefined;
  /** It has a proxy to reach the network through. */
  readonly network: boolean;
  /** Fires when the sandbox is disposed. */
  readonly lost: AbortSignal;
}

const baseEnvironment = {
  PATH: "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin",
  HOME: "/workspace",
  USER: "claw",
  LANG: "C.UTF-8",
  TMPDIR: "/tmp",
};

const DEFAULT_READ_BYTES = 4 * 1024 * 1024;

export function createSandbox({
  supervisor,
  quota,
  network,
  workspace,
  readOnly,
  limits,
  lost,
}: CreateSandboxOptions): Sandbox {
  const environment = { ...baseEnvironment, ...(network ? networkEnvironment : {}) };
  const check = (signal: CallOptions["signal"]) => {
    if (lost.aborted) throw failure("SANDBOX_LOST", "the sandbox was disposed; acquire another");
    if (signal?.aborted) throw failure("SANDBOX_ABORTED", "the call was aborted before it started");
  };
  return {
    description: describe(readOnly, network, limits),
    run(command, options) {
      const started = () => run({ supervisor, environment }, command, options);
      return quota === undefined ? started() : quota.watch(started);
    },
    start: (command, options) => start({ supervisor, environment }, command, options),
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
      return listWorkspaceDirectory(workspace, workspacePath(path));
    },
  };
}

function describe(readOnly: boolean, network: boolean, { memoryMb, pids, tmpMb, diskMb }: CommandLimits): string {
  return [
    `Commands run in bash on Linux in /workspace (${readOnly ? "read-only" : "writable, kept"}), as an unprivileged user.`,
    `/tmp (${tmpMb} MB) and processes in the background last as long as the sandbox, unless their command runs out of time.`,
    "The programs are the host's in /usr, read-only; nothing can be installed system-wide.",
    network ? networkDescription : "No network.",
    `Limits: ${memoryMb} MB of memory a process, ${pids} processes, ${diskMb} MB in /workspace, 120 s a command unless told otherwise.`,
  ].join(" ");
}
