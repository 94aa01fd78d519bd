import type { Clock } from "@claw/core";

/** Stands still until told, and then waits for what it woke. */
export function manualClock(start = "2026-01-01T00:00:00Z") {
  let nowMs = 0;
  const timers = new Set<{ readonly dueMs: number; readonly callback: () => unknown }>();
  const clock: Clock = {
    now: () => new Date(Date.parse(start) + nowMs),
    monotonicMs: () => nowMs,
    after(delayMs, callback) {
      const timer = { dueMs: nowMs + delayMs, callback };
      timers.add(timer);
      return () => void timers.delete(timer);
    },
  };
  return {
    ...clock,
    async advance(ms: number): Promise<void> {
      nowMs += ms;
      const due = [...timers].filter(({ dueMs }) => dueMs <= nowMs);
      for (const timer of due) if (timers.delete(timer)) await timer.callback();
    },
  };
}
