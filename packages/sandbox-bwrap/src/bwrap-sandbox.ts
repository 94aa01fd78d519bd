import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { ClawError, hostWorkspace, type SandboxProvider, withSecrets } from "@claw/core";
import { carryNetwork } from "@claw/sandbox-supervisor";
import { systemMounts } from "./arguments.ts";
import { type BwrapProbe, probeBwrap } from "./probe.ts";
import { createSandbox } from "./sandbox.ts";
import { startSupervisor } from "./start-supervisor.ts";

export interface BwrapSandboxOptions {
  /** Private workspaces are kept in `workspaces` below it. */
  readonly stateDir: string;
  /** The program. Default `bwrap`, looked up on PATH. */
  readonly bwrap?: string;
  /** Of each process, where the spec names none. Default 1,024. */
  readonly memoryMb?: number;
  /** Where the spec names none. Default 256. */
  readonly pids?: number;
  /** Of `/tmp`. Default 256. */
  readonly tmpMb?: number;
}

/** Sandboxes in bubblewrap on the host's own `/usr`, each in namespaces of its own. */
export function bwrapSandbox(options: BwrapSandboxOptions): SandboxProvider {
  const { stateDir, bwrap = "bwrap", memoryMb = 1_024, pids = 256, tmpMb = 256 } = options;
  let probed: Promise<BwrapProbe> | undefined;
  return {
    name: "bwrap",
    summary: "The host's own programs in bubblewrap: no files but the workspace, no rights, no network of its own.",
    limits: [
      "Memory is limited for each process, not for all together, and /tmp counts as memory.",
      "A gateway that runs as root can't limit the number of processes; run it as another user.",
      "The host's kernel is shared: a flaw in one of the system calls that are let through is a way out.",
      "The share of the processor and the disk space of the workspace are not limited.",
      "Everything in the host's /usr can be read.",
    ],
    carriesNetwork: true,
    async acquire(spec, { signal } = {}) {
      if (signal?.aborted) throw new ClawError("SANDBOX_ABORTED", "the sandbox was not acquired: the caller aborted");
      probed ??= probeBwrap({ bwrap });
      const probe = await probed;
      if (!probe.available) {
        probed = undefined;
        throw new ClawError("SANDBOX_UNAVAILABLE", probe.reason);
      }
      const parts = {
        mounts: await systemMounts(),
        workspace: await hostWorkspace(spec, join(stateDir, "workspaces")),
        readOnly: spec.workspace.access === "ro",
        limits: { memoryMb: spec.memoryMb ?? memoryMb, pids: spec.pids ?? pids, tmpMb, fileMb: 1_024 },
        program: probe.supervisor,
      };
      await using starting = new AsyncDisposableStack();
      const running = starting.use(await startSupervisor(bwrap, parts));
      if (spec.network !== "none") await carryNetwork(running.supervisor, spec.network);
      const lost = new AbortController();
      const { supervisor } = running;
      const network = spec.network !== "none";
      const sandbox = await withSecrets(
        createSandbox({ ...parts, supervisor, network, lost: lost.signal }),
        spec.secrets,
      );
      const started = starting.move();
      return {
        id: randomUUID(),
        lost: running.supervisor.lost,
        sandbox,
        async [Symbol.asyncDispose]() {
          lost.abort();
          await started.disposeAsync();
        },
      };
    },
  };
}
