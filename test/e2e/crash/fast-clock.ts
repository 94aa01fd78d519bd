import type { Clock } from "@claw/core";

const SPEED = 50;

/** Time that goes faster, so that nobody waits for a back-off. The same over all processes that share `epochMs`. */
export function fastClock(epochMs: number): Clock {
  return {
    now: () => new Date(epochMs + (Date.now() - epochMs) * SPEED),
    monotonicMs: () => performance.now() * SPEED,
    after(delayMs, callback) {
      const timer = setTimeout(callback, delayMs / SPEED);
      timer.unref();
      return () => clearTimeout(timer);
    },
  };
}
