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
  /**
   * The ticket that runs in the lane waits for somebody, and gives its place to others. It has one again when what the
   * function it returns answers has resolved: in its turn, or at once without one when `signal` has fired.
   */
  park(lane: string): (signal: AbortSignal) => Promise<void>;
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
  /** The ticket under way. */
  running?: Ticket | undefined;
  /** Held while a ticket runs and is not parked. */
  place?: Place | undefined;
  /** Settles when a parked one has its place again. */
  resuming?: Promise<void> | undefined;
  lastMs: number;
  /** Whose `after` has settled. */
  passed?: Ticket;
  cancelHold?: (() => void) | undefined;
}

/** What could go on if it had a place. */
interface Candidate {
  readonly holder: Holder;
  readonly begin: (place: Place) => void;
}

/**
 * One turn at a time per lane. Free places go round among persons, and of one person among their lanes, so that
 * neither a busy person nor a busy session starves another.
 */
export function createLanes({ limits, clock, onError }: LanesOptions): Lanes {
  const lanes = new Map<string, Lane>();
  /** First tickets of lanes and parked ones, by who would hold the place; who was served last stands last. */
  const ready = new Map<string, Candidate[]>();
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
    const others = ready.get(groupOf(head)) ?? [];
    ready.set(groupOf(head), [...others, { holder: head, begin: (place) => void run(lane, head, place) }]);
    start();
  };

  /** Ahead of what else waits of the same holder: it has begun, and others may wait for it to end. */
  const resume = (lane: Lane, holder: Holder, signal: AbortSignal): Promise<void> => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const group = groupOf(holder);
    const candidate: Candidate = {
      holder,
      begin(place) {
        if (lane.running === holder) lane.place = place;
        else place.release();
        resolve();
      },
    };
    const leave = (): void => {
      const others = ready.get(group)?.filter((one) => one !== candidate) ?? [];
      if (others.length > 0) ready.set(group, others);
      else ready.delete(group);
      resolve();
    };
    ready.set(group, [candidate, ...(ready.get(group) ?? [])]);
    signal.addEventListener("abort", leave, { once: true });
    start();
    return promise.finally(() => signal.removeEventListener("abort", leave));
  };

  const start = (): void => {
    // One that is put back while this goes on comes round again: the map keeps the order of insertion.
    for (const [group, [first, ...others]] of ready) {
      if (places.full) return;
      const place = first && places.take(first.holder);
      if (first === undefined || place === undefined) continue;
      ready.delete(group);
      if (others.length > 0) ready.set(group, others);
      first.begin(place);
    }
  };

  const run = async (lane: Lane, ticket: Ticket, place: Place): Promise<void> => {
    lane.waiting.shift();
    lane.running = ticket;
    lane.place = place;
    await ticket.run().catch(onError);
    lane.place?.release();
    lane.place = undefined;
    lane.running = undefined;
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
      if (lane.waiting.length === 1 && lane.running === undefined) offer(lane);
    },
    alive: (lane) => lanes.get(lane)?.place?.alive(),
    park(name) {
      const lane = lanes.get(name);
      const holder = lane?.running;
      if (lane === undefined || holder === undefined) return async () => {};
      lane.place?.release();
      lane.place = undefined;
      start();
      return async (signal) => {
        // A call beside it came back before, or is about to.
        if (lane.place !== undefined || lane.running !== holder || signal.aborted) return;
        lane.resuming ??= resume(lane, holder, signal).finally(() => {
          lane.resuming = undefined;
        });
        await lane.resuming;
      };
    },
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

const groupOf = ({ owner, channel }: Holder): string => JSON.stringify([owner, channel]);
