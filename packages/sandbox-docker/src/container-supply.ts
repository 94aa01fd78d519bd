import { access } from "node:fs/promises";
import type { Logger, SandboxSpec } from "@claw/core";
import type Docker from "dockerode";
import { atMost } from "./at-most.ts";
import { containerOptions, type SandboxLimits } from "./container-options.ts";
import { withDeadline } from "./deadline.ts";
import type { EngineAddress } from "./engine.ts";
import type { LeftBehind } from "./left-behind.ts";
import type { PreparedImage } from "./preparation.ts";
import { claimWorkspace, removeSpare, spareWorkspace } from "./spare-workspace.ts";
import { type StartedContainer, startContainer } from "./start-container.ts";
import { SUPERVISOR_PATH } from "./supervised-image.ts";
import { containerLabels } from "./sweep.ts";
import { warmPool } from "./warm-pool.ts";
import { type MountedWorkspace, mountWorkspace, privateWorkspace } from "./workspace.ts";

export interface ContainerSupplyOptions {
  readonly address: EngineAddress;
  readonly connect: () => Promise<Docker>;
  readonly stateDir: string;
  /** Kept ready for each kind that was asked for. */
  readonly warm: number;
  /** The OCI runtime; the engine's own without one. */
  readonly runtime: string | undefined;
  readonly left: LeftBehind;
  readonly log: Logger;
}

interface ContainerOrder {
  readonly spec: SandboxSpec;
  readonly limits: SandboxLimits;
  readonly prepared: PreparedImage;
  readonly signal: AbortSignal | undefined;
}

interface SuppliedContainer extends StartedContainer {
  readonly workspace: MountedWorkspace;
}

/** Disposing it ends what is kept ready. */
export interface ContainerSupply extends AsyncDisposable {
  take(order: ContainerOrder): Promise<SuppliedContainer>;
}

/** An engine that starts many at once takes longer for each than one that starts them by turns. */
const MAX_CREATIONS = 4;
const MAX_WARM_KINDS = 4;
const WARM_IDLE_MS = 10 * 60_000;
/** Of a container that was made ahead. */
const ANSWER_MS = 1_000;

/** Containers for sandboxes: one that was made ahead, where there is one with the same workspace and limits. */
export function containerSupply(options: ContainerSupplyOptions): ContainerSupply {
  const { address, connect, stateDir, warm, runtime, left, log } = options;
  const creations = atMost(MAX_CREATIONS);
  const pool = warmPool<SuppliedContainer>({
    size: warm,
    maxShapes: MAX_WARM_KINDS,
    idleMs: WARM_IDLE_MS,
    isAlive: answers,
    ended: async ({ supervisor }) => supervisor?.lost,
    end: remove,
    log,
  });

  async function remove({ container, workspace }: SuppliedContainer): Promise<void> {
    await left.remove(container);
    await removeSpare(workspace);
  }

  async function make(
    { limits, prepared, signal }: Omit<ContainerOrder, "spec">,
    workspace: MountedWorkspace,
    key = "",
  ): Promise<SuppliedContainer> {
    const body = containerOptions({
      image: prepared.name,
      runtime,
      supervisor: prepared.supervised ? SUPERVISOR_PATH : undefined,
      limits,
      workspace,
      labels: containerLabels(key, stateDir),
    });
    const { supervised } = prepared;
    const engine = await connect();
    const started = await creations(() => startContainer({ engine, address, body, supervised, left, signal }));
    return { ...started, workspace };
  }

  /** With a private workspace of its own, which no session has had before. */
  async function makeSpare(order: Omit<ContainerOrder, "spec">): Promise<SuppliedContainer> {
    const workspace = await spareWorkspace(stateDir);
    try {
      return await make(order, workspace);
    } catch (error) {
      await removeSpare(workspace);
      throw error;
    }
  }

  async function takeSpare(order: ContainerOrder): Promise<SuppliedContainer | undefined> {
    const { limits, prepared, spec } = order;
    const shape = JSON.stringify([prepared.name, limits]);
    const spare = await pool.take(shape, (signal) => makeSpare({ ...order, signal }), order.signal);
    const workspace = await claimWorkspace(spare.workspace, spec.key, stateDir);
    if (workspace !== undefined) return { ...spare, workspace };
    await remove(spare);
    return undefined;
  }

  return {
    async take(order) {
      const { spec, limits, prepared, signal } = order;
      const isPrivate = spec.workspace.access === "none";
      const canWait = warm > 0 && prepared.supervised;
      if (canWait && isPrivate && SPARES_WORK && !(await exists(privateWorkspace(spec.key, stateDir)))) {
        const spare = await takeSpare(order);
        if (spare !== undefined) return spare;
      }
      const workspace = await mountWorkspace(spec, stateDir);
      // A private workspace that has been used is one sandbox's alone: there is no other to make ready.
      if (isPrivate || !canWait) return make(order, workspace, spec.key);
      const shape = JSON.stringify([prepared.name, limits, workspace]);
      return pool.take(shape, (abort) => make({ ...order, signal: abort }, workspace), signal);
    },
    [Symbol.asyncDispose]: () => pool[Symbol.asyncDispose](),
  };
}

/** Where the engine's directories are this system's own, and not seen through a virtual machine. */
const SPARES_WORK = process.platform === "linux";

function answers({ supervisor }: SuppliedContainer): Promise<boolean> {
  const deadline = { what: "asking a sandbox that was made ahead", timeoutMs: ANSWER_MS };
  return withDeadline(deadline, async () => supervisor?.ping()).then(
    () => true,
    () => false,
  );
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
