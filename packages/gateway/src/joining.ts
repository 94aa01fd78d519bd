import { ClawError, type Journal, type Lease, type StoreErrorCode } from "@claw/core";
import type { ActiveRun } from "./runs.ts";
import { sameAddress } from "./same-address.ts";
import type { Waiting } from "./waiting.ts";

/** Lets messages that wait become part of a turn instead of getting one of their own. */
export interface Joining {
  /** Those the turn begins with: what it collects, what came in one burst with it, and what is over the cap. */
  atStart(host: ActiveRun, lease: Lease): Promise<readonly ActiveRun[]>;
  /** Those that steer it, before its next model step. */
  atStep(host: ActiveRun, lease: Lease): Promise<readonly ActiveRun[]>;
}

export function createJoining(journal: Journal, waiting: Waiting): Joining {
  /** The first ones of the queue that fit: order is kept, so one that does not fit ends it. */
  async function join(
    host: ActiveRun,
    lease: Lease,
    fits: (one: ActiveRun, index: number) => boolean,
  ): Promise<readonly ActiveRun[]> {
    const queue = waiting.of(host.session);
    const end = queue.findIndex((one, index) => !mayJoin(host, one) || !fits(one, index));
    const joining = queue.slice(0, end < 0 ? queue.length : end);
    if (joining.length === 0) return [];
    try {
      await journal.join(
        lease,
        host.run,
        joining.map(({ run }) => run),
      );
    } catch (error) {
      // One had begun before a restart: it goes on by itself.
      if (ClawError.is<StoreErrorCode>(error, "STORE_CONFLICT")) return [];
      throw error;
    }
    for (const one of joining) {
      waiting.remove(one);
      host.joined.push(one);
      one.controller.signal.addEventListener("abort", () => host.controller.abort(one.controller.signal.reason));
    }
    return joining;
  }

  return {
    async atStart(host, lease) {
      // One that had begun may have a call still to be made, which a message after it would make forgotten.
      if (host.recovered !== undefined) return [];
      const over = waiting.of(host.session).length + 1 - host.queue.cap;
      return join(
        host,
        lease,
        (one, index) =>
          index < over ||
          (host.queue.mode === "collect" && one.queue.mode === "collect") ||
          (host.queue.quietMs > 0 && one.queue.quietMs > 0),
      );
    },
    atStep: (host, lease) =>
      join(host, lease, ({ queue, recovered }) => queue.mode === "steer" && recovered === undefined),
  };
}

/** A turn has the rights of one person and one place to answer to: what has others gets a turn of its own. */
function mayJoin(host: ActiveRun, one: ActiveRun): boolean {
  return (
    one.owner === host.owner &&
    [host, one].every(({ call, command }) => call === undefined && command === undefined) &&
    one.reset === undefined &&
    one.after === undefined &&
    (one.replyTo === undefined || sameAddress(one.replyTo, host.replyTo))
  );
}
