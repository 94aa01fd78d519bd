import type { Clock } from "@claw/core";

/** A turn's time, which does not run while somebody is waited for. */
export interface TurnTimer {
  /** Until the function it returns is called, which may be done twice. */
  pause(): () => void;
  cancel(): void;
}

export function turnTimer(clock: Clock, limitMs: number, onLate: () => void): TurnTimer {
  let leftMs = limitMs;
  let pauses = 0;
  let startedMs = 0;
  let cancel = (): void => {};
  const run = (): void => {
    startedMs = clock.monotonicMs();
    cancel = clock.after(leftMs, onLate);
  };
  run();
  return {
    pause() {
      if (pauses++ === 0) {
        cancel();
        leftMs = Math.max(0, leftMs - (clock.monotonicMs() - startedMs));
      }
      let resumed = false;
      return () => {
        if (!resumed && --pauses === 0) run();
        resumed = true;
      };
    },
    cancel() {
      // Whoever still waits must not start it again.
      pauses = Number.POSITIVE_INFINITY;
      cancel();
    },
  };
}
