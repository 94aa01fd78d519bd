import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { ClawError, hostWorkspace, type SandboxProvider, withSecrets } from "@claw/core";
import { carryNetwork, workspaceQuota } from "@claw/sandbox-supervisor";
import { kernelMounts, systemMounts } from "./arguments.ts";
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
  /** Of a workspace, where the spec names none. Default 10,240. */
  readonly diskMb?: number;
}

const EACH_PROCESS = "Memory is limited for each process, not for all together, and /tmp counts as memory.";
const OWN_WORDS = "That memory or processes ran out is in the words of the program it happened to, not in the result.";

/** Sandboxes in bubblewrap on the host's own `/usr`, each in namespaces of its own. */
export function bwrapSandbox(options: BwrapSandboxOptions): SandboxProvider {
  const { stateDir, bwrap = "bwrap", memoryMb = 1_024, pids = 256, tmpMb = 256, diskMb = 10_240 } = options;
  let probed: Promise<BwrapProbe> | undefined;
  return {
    name: "bwrap",
    summary: "The host's own programs in bubblewrap: no files but the workspace, no rights, no network of its own.",
    limits: [
      EACH_PROCESS,
      OWN_WORDS,
      "A gateway that runs as root can't limit the number of processes; run it as another user.",
      "The host's kernel is shared: a flaw in one of the system calls that are let through is a way out.",
      "The share of the processor is not limited.",
      "The size of the workspace is watched, not limited by the kernel: a sandbox that outgrows it is ended within seconds.",
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
        kernel: await kernelMounts(),
        workspace: await hostWorkspace(spec, join(stateDir, "workspaces")),
        readOnly: spec.workspace.access === "ro",
        limits: { memoryMb: spec.memoryMb ?? memoryMb, pids: spec.pids ?? pids, tmpMb, diskMb: spec.diskMb ?? diskMb },
        program: probe.supervisor,
      };
      await using starting = new AsyncDisposableStack();
      const running = starting.use(await startSupervisor(bwrap, parts));
      if (spec.network !== "none") await carryNetwork(running.supervisor, spec.network);
      const { supervisor } = running;
      const quota = parts.readOnly
        ? undefined
        : starting.use(
            workspaceQuota({
              path: parts.workspace,
              maxMb: parts.limits.diskMb,
              active: async () => (await supervisor.list()).length > 0,
              endAll: () => supervisor.endAll(),
            }),
          );
      const lost = new AbortController();
      const network = spec.network !== "none";
      const sandbox = await withSecrets(
        createSandbox({ ...parts, supervisor, quota, network, lost: lost.signal }),
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
