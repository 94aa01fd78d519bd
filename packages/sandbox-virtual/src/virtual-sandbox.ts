import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  ClawError,
  hostWorkspace,
  type SandboxProvider,
  type SandboxSpec,
  SECRETS_DIRECTORY,
  tellSecrets,
} from "@claw/core";
import { createSandbox } from "./sandbox.ts";
import { workerHost } from "./worker-host.ts";

export interface VirtualSandboxOptions {
  /** Private workspaces are kept in `workspaces` below it. */
  readonly stateDir: string;
  /** Of the interpreter, where the spec names none. Default 256. */
  readonly memoryMb?: number;
  /** How long an unused interpreter is kept warm. Default 60,000. */
  readonly idleMs?: number;
}

/** A bash interpreter over a directory: no processes and no network, so it needs nothing of the machine. */
export function virtualSandbox({ stateDir, memoryMb = 256, idleMs = 60_000 }: VirtualSandboxOptions): SandboxProvider {
  return {
    name: "virtual",
    summary: "A bash interpreter with built-in commands over one directory; it starts no process and has no network.",
    limits: [
      "Only the interpreter's own commands exist: no git, python3, node, package managers or other programs.",
      "Output arrives when the command ends, not while it runs, and a command that runs out of time loses it.",
      "Links are refused, also those that stay in the workspace; where the host itself left one that leads out, commands in parallel that move it about might win a race.",
      "It keeps commands from the machine by what the interpreter can do, not by the kernel; for hostile code use a container.",
      "While one command computes, others in the same sandbox wait; ending a stuck one ends them too.",
      "Disk space is not limited, and neither is the share of the processor.",
    ],
    async acquire(spec: SandboxSpec, { signal } = {}) {
      if (signal?.aborted) throw new ClawError("SANDBOX_ABORTED", "the sandbox was not acquired: the caller aborted");
      const workspace = await hostWorkspace(spec, join(stateDir, "workspaces"));
      const temporary = await mkdtemp(join(tmpdir(), "claw-virtual-"));
      const limitMb = spec.memoryMb ?? memoryMb;
      const readOnly = spec.workspace.access === "ro";
      const { secrets = {} } = spec;
      const files = Object.fromEntries(
        Object.entries(secrets).map(([name, content]) => [`${SECRETS_DIRECTORY}/${name}`, content]),
      );
      const host = workerHost({ settings: { workspace, readOnly, temporary, files }, memoryMb: limitMb, idleMs });
      return {
        id: randomUUID(),
        sandbox: tellSecrets(createSandbox({ host, readOnly, memoryMb: limitMb }), secrets),
        async [Symbol.asyncDispose]() {
          await host[Symbol.asyncDispose]();
          await rm(temporary, { recursive: true, force: true });
        },
      };
    },
  };
}
