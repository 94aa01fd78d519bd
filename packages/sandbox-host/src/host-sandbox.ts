import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { ClawError, hostWorkspace, type SandboxErrorCode, type SandboxProvider } from "@claw/core";
import { endTree } from "./end-tree.ts";
import { createSandbox } from "./sandbox.ts";

export interface HostSandboxOptions {
  /** Private workspaces are kept in `workspaces` below it. */
  readonly stateDir: string;
}

/** No sandbox at all: the bare machine. What a command may do is what the user of this process may do. */
export function hostSandbox({ stateDir }: HostSandboxOptions): SandboxProvider {
  return {
    name: "host",
    summary:
      "No isolation: commands run on this machine itself, as the gateway's user, each after a person's approval.",
    limits: [
      "A command can read and change everything the gateway's user can, its keys and the gateway itself included.",
      "It reaches every network the machine reaches.",
      "Secret files of the configuration are not put anywhere.",
      "Memory, processes and time on the processor are not limited.",
    ],
    async acquire(spec, { signal } = {}) {
      if (signal?.aborted) throw failure("SANDBOX_ABORTED", "the host was not acquired: the caller aborted");
      if (process.platform !== "linux") throw failure("SANDBOX_UNAVAILABLE", "running on the host needs Linux");
      if (spec.workspace.access === "ro") {
        throw failure(
          "SANDBOX_UNAVAILABLE",
          "the host can't keep a workspace read-only; use a sandbox, or give rw access",
        );
      }
      const id = randomUUID();
      const lost = new AbortController();
      const workspace = await hostWorkspace(spec, join(stateDir, "workspaces"));
      return {
        id,
        sandbox: createSandbox({ id, workspace, lost: lost.signal }),
        async [Symbol.asyncDispose]() {
          lost.abort();
          await endTree(id);
        },
      };
    },
  };
}

function failure(code: SandboxErrorCode, message: string): ClawError<SandboxErrorCode> {
  return new ClawError(code, message);
}
