import { networkOf } from "../network-of.ts";

/** Gives the place back; may be called twice. */
export type Leave = () => void;

export interface WaitingRoom {
  /**
   * Resolves with a place as soon as there is one, those of one address in their order; with `undefined` when the line
   * before the door is full, or the caller is gone.
   */
  enter(address: string | undefined, gone: AbortSignal): Promise<Leave | undefined>;
}

/** So many from one address, so many in all. */
export interface Capacity {
  readonly ofOneAddress: number;
  readonly inAll: number;
}

interface Waiting {
  readonly network: string;
  readonly admit: (leave: Leave | undefined) => void;
}

/** Places for those who have not shown yet who they are, and a line before the door for when all of them come at once. */
export function createWaitingRoom({
  places,
  line,
}: {
  readonly places: Capacity;
  readonly line: Capacity;
}): WaitingRoom {
  const inside = counter();
  const queued = counter();
  const queue = new Set<Waiting>();

  function take(network: string): Leave | undefined {
    if (!inside.hasRoom(network, places)) return undefined;
    const giveBack = inside.add(network);
    return () => {
      if (giveBack()) admitNext();
    };
  }

  /** The first whose address has a place: one that sends crowds holds up nobody but itself. */
  function admitNext(): void {
    for (const waiting of queue) {
      const leave = take(waiting.network);
      if (leave === undefined) continue;
      waiting.admit(leave);
      return;
    }
  }

  return {
    async enter(address, gone) {
      const network = address === undefined ? "unknown" : networkOf(address);
      const leave = take(network);
      if (leave !== undefined || gone.aborted || !queued.hasRoom(network, line)) return leave;
      const { promise, resolve } = Promise.withResolvers<Leave | undefined>();
      const leaveLine = queued.add(network);
      const waiting: Waiting = {
        network,
        admit(place) {
          queue.delete(waiting);
          leaveLine();
          resolve(place);
        },
      };
      queue.add(waiting);
      gone.addEventListener("abort", () => waiting.admit(undefined), { once: true });
      return promise;
    },
  };
}

function counter() {
  const counts = new Map<string, number>();
  let all = 0;
  return {
    hasRoom: (network: string, { ofOneAddress, inAll }: Capacity): boolean =>
      all < inAll && (counts.get(network) ?? 0) < ofOneAddress,
    /** Returns how to take it back, which says whether it was the first time. */
    add(network: string): () => boolean {
      counts.set(network, (counts.get(network) ?? 0) + 1);
      all++;
      let counted = true;
      return () => {
        if (!counted) return false;
        counted = false;
        all--;
        const rest = (counts.get(network) ?? 1) - 1;
        if (rest === 0) counts.delete(network);
        else counts.set(network, rest);
        return true;
      };
    },
  };
}
