import type { Clock } from "@claw/core";
import { createPlaces, type Holder, type Place, type PlaceLimits } from "./places.ts";

/** A turn to be taken in its lane. */
export interface Ticket extends Holder {
  readonly lane: string;
  /** It begins once its lane had nothing new for this long. */
  readonly quietMs?: number;
  /** It begins once this has settled. */
  readonly after?: Promise<unknown>;
  /** Must not reject; a rejection is reported. */
  readonly run: () => Promise<void>;
}

export interface Lanes {
  /** Runs the ticket after the earlier ones of its lane; different lanes run side by side as far as there are places. */
  enqueue(ticket: Ticket): void;
  /** Something was heard of the ticket that runs in the lane. */
  alive(lane: string): void;
  /** Nothing waits for quiet any more. */
  hurry(): void;
  /** Tickets waiting or running. */
  readonly size: number;
  /** Resolves when nothing waits or runs. */
  idle(): Promise<void>;
}

export interface LanesOptions {
  readonly limits: () => PlaceLimits;
  readonly clock: Clock;
  readonly onError: (error: unknown) => void;
}

interface Lane {
  readonly name: string;
  readonly waiting: Ticket[];
  /** Held while a ticket runs. */
  place?: Place | undefined;
  lastMs: number;
  /** Whose `after` has settled. */
  passed?: Ticket;
  cancelHold?: (() => void) | undefined;
}

/**
 * One turn at a time per lane. Free places go round among persons, and of one person among their lanes, so that
 * neither a busy person nor a busy session starves another.
 */
export function createLanes({ limits, clock, onError }: LanesOptions): Lanes {
  const lanes = new Map<string, Lane>();
  /** Lanes whose first ticket could begin, by who would hold the place; who was served last stands last. */
  const ready = new Map<string, Lane[]>();
  const places = createPlaces(limits, clock, () => start());
  let size = 0;
  let hurried = false;
  let idleWaiters: (() => void)[] = [];

  /** Makes the lane's first ticket ready, once nothing keeps it back. */
  const offer = (lane: Lane): void => {
    lane.cancelHold?.();
    lane.cancelHold = undefined;
    const [head] = lane.waiting;
    if (head === undefined) return void lanes.delete(lane.name);
    const holdMs = hurried ? 0 : (head.quietMs ?? 0) - (clock.monotonicMs() - lane.lastMs);
    if (holdMs > 0) {
      lane.cancelHold = clock.after(holdMs, () => offer(lane));
      return;
    }
    if (head.after !== undefined && lane.passed !== head) {
      const pass = (): void => {
        lane.passed = head;
        offer(lane);
      };
      head.after.then(pass, pass);
      return;
    }
    const group = JSON.stringify([head.owner, head.channel]);
    const others = ready.get(group);
    if (others === undefined) ready.set(group, [lane]);
    else others.push(lane);
    start();
  };

  const start = (): void => {
    // One that is put back while this goes on comes round again: the map keeps the order of insertion.
    for (const [group, [lane, ...others]] of ready) {
      if (places.full) return;
      const [head] = lane?.waiting ?? [];
      const place = head && places.take(head);
      if (lane === undefined || place === undefined) continue;
      ready.delete(group);
      if (others.length > 0) ready.set(group, others);
      void run(lane, place);
    }
  };

  const run = async (lane: Lane, place: Place): Promise<void> => {
    lane.place = place;
    await lane.waiting.shift()?.run().catch(onError);
    place.release();
    lane.place = undefined;
    size--;
    offer(lane);
    start();
    if (size > 0) return;
    const waiters = idleWaiters;
    idleWaiters = [];
    for (const resolve of waiters) resolve();
  };

  return {
    enqueue(ticket) {
      size++;
      const lane = lanes.get(ticket.lane) ?? { name: ticket.lane, waiting: [], lastMs: 0 };
      lanes.set(ticket.lane, lane);
      lane.lastMs = clock.monotonicMs();
      lane.waiting.push(ticket);
      if (lane.waiting.length === 1 && lane.place === undefined) offer(lane);
    },
    alive: (lane) => lanes.get(lane)?.place?.alive(),
    hurry() {
      hurried = true;
      for (const lane of lanes.values()) if (lane.cancelHold !== undefined) offer(lane);
    },
    get size() {
      return size;
    },
    idle() {
      return size === 0 ? Promise.resolve() : new Promise((resolve) => idleWaiters.push(resolve));
    },
  };
}
