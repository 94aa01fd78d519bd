import type { Clock } from "@claw/core";
import type { EgressLimits } from "./limits.ts";

/** What one identity has used of its limits. */
export interface Account {
  /** A place for a connection, to be given back; `undefined` when all are taken. */
  enter(): Disposable | undefined;
  /** `over` when there were too many in the last minute, `still-over` when that was said before. */
  request(): "fits" | "over" | "still-over";
  /** False when the bytes are used up. */
  up(bytes: number): boolean;
  down(bytes: number): boolean;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const SWEEP_ABOVE = 256;

/** Accounts by identity. One that has used nothing lately is forgotten. */
export function createAccounts(limits: Required<EgressLimits>, clock: Clock): (id: string) => Account {
  const accounts = new Map<string, Account & { readonly isFresh: () => boolean }>();

  const open = (): Account & { readonly isFresh: () => boolean } => {
    let connections = 0;
    let over = false;
    const requests = bucket(limits.requestsPerMinute, MINUTE_MS, clock);
    const up = bucket(limits.bytesUpPerHour, HOUR_MS, clock);
    const down = bucket(limits.bytesDownPerHour, HOUR_MS, clock);
    return {
      enter() {
        if (connections >= limits.connections) return undefined;
        connections++;
        return { [Symbol.dispose]: () => void connections-- };
      },
      request() {
        const before = over;
        over = !requests.take(1);
        return !over ? "fits" : before ? "still-over" : "over";
      },
      up: (bytes: number) => up.take(bytes),
      down: (bytes: number) => down.take(bytes),
      isFresh: () => connections === 0 && requests.isFull() && up.isFull() && down.isFull(),
    };
  };

  return (id) => {
    if (accounts.size > SWEEP_ABOVE) for (const [key, one] of accounts) if (one.isFresh()) accounts.delete(key);
    const account = accounts.get(id) ?? open();
    accounts.set(id, account);
    return account;
  };
}

/** Filled evenly over the period. */
function bucket(capacity: number, periodMs: number, clock: Clock) {
  let level = capacity;
  let atMs = clock.monotonicMs();
  const fill = (): void => {
    const nowMs = clock.monotonicMs();
    level = Math.min(capacity, level + ((nowMs - atMs) * capacity) / periodMs);
    atMs = nowMs;
  };
  return {
    take(amount: number): boolean {
      fill();
      if (amount > level) return false;
      level -= amount;
      return true;
    },
    isFull(): boolean {
      fill();
      return level === capacity;
    },
  };
}
