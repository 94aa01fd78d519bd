import type { Clock } from "@claw/core";

/** A clock that stands still until told. */
export function manualClock(): Clock & { advance(ms: number): void } {
  const startMs = Date.parse("2026-01-01T00:00:00Z");
  let nowMs = 0;
  const timers = new Set<{ readonly dueMs: number; readonly callback: () => void }>();
  return {
    now: () => new Date(startMs + nowMs),
    monotonicMs: () => nowMs,
    after(delayMs, callback) {
      const timer = { dueMs: nowMs + delayMs, callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
    advance(ms) {
      nowMs += ms;
      for (const timer of [...timers].sort((left, right) => left.dueMs - right.dueMs)) {
        if (timer.dueMs <= nowMs && timers.delete(timer)) timer.callback();
      }
    },
  };
}
