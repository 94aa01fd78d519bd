import type { Supervisor } from "@claw/sandbox-supervisor";
import type Docker from "dockerode";
import { withDeadline } from "./deadline.ts";
import { ENGINE_TIMEOUT_MS } from "./engine.ts";
import { statusOf } from "./errors.ts";

/** The first process of a container that holds one. */
export interface Supervision {
  readonly supervisor: Supervisor;
  /** What every command starts with. */
  readonly environment: Readonly<Record<string, string>>;
}

export interface RunningContainer {
  readonly container: Docker.Container;
  /** Without it commands go through the engine. */
  readonly supervision: Supervision | undefined;
  /** Changes when everything that ran in the container was ended at once. */
  readonly generation: number;
  /** Ends everything in the container and starts it anew. Concurrent calls share one restart. */
  restart(): Promise<void>;
  /** Idempotent; rejects when the engine did not confirm that it is gone. */
  remove(): Promise<void>;
}

export function runningContainer(container: Docker.Container, supervision?: Supervision): RunningContainer {
  let generation = 0;
  let restarting: Promise<void> | undefined;
  let removing: Promise<void> | undefined;

  async function restart(): Promise<void> {
    generation++;
    await withDeadline({ what: "restarting the sandbox", timeoutMs: ENGINE_TIMEOUT_MS }, (abortSignal) =>
      container.restart({ t: 0, abortSignal }),
    );
  }

  return {
    container,
    supervision,
    get generation() {
      return generation;
    },
    restart() {
      restarting ??= restart().finally(() => {
        restarting = undefined;
      });
      return restarting;
    },
    remove() {
      generation++;
      removing ??= removeContainer(container).catch((error) => {
        removing = undefined;
        throw error;
      });
      return removing;
    },
  };
}

export async function removeContainer(container: Pick<Docker.Container, "remove">): Promise<void> {
  try {
    await withDeadline({ what: "removing a sandbox", timeoutMs: ENGINE_TIMEOUT_MS }, (abortSignal) =>
      container.remove({ force: true, v: true, abortSignal }),
    );
  } catch (error) {
    // 404: already gone. 409: somebody else's removal is under way.
    if (statusOf(error) !== 404 && statusOf(error) !== 409) throw error;
  }
}
