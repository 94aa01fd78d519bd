import type { Clock } from "@claw/core";

/** A clock that stands still until told. */
export function handClock(): Clock & { advance(ms: number): void; readonly timers: ReadonlySet<unknown> } {
  let nowMs = 0;
  const timers = new Set<{ readonly dueMs: number; readonly callback: () => void }>();
  return {
    timers,
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    after(delayMs, callback) {
      const timer = { dueMs: nowMs + delayMs, callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(ms) {
      nowMs += ms;
      for (const timer of timers) if (timer.dueMs <= nowMs && timers.delete(timer)) timer.callback();
    },
  };
}
