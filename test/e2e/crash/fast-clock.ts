import type { Clock } from "@claw/core";

const SPEED = 50;
/** What waits this long guards against what hangs, and on a slow machine must not end what is only slow. */
const GUARD_MS = 60_000;
const SHORTEST_GUARD_MS = 20_000;

/** Time that goes faster, so that nobody waits for a back-off. The same over all processes that share `epochMs`. */
export function fastClock(epochMs: number): Clock {
  return {
    now: () => new Date(epochMs + (Date.now() - epochMs) * SPEED),
    monotonicMs: () => performance.now() * SPEED,
    after(delayMs, callback) {
      const shortestMs = delayMs >= GUARD_MS ? SHORTEST_GUARD_MS : 0;
      const timer = setTimeout(callback, Math.max(delayMs / SPEED, shortestMs));
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}
