import type { ClientClock } from "./clock.ts";

export interface Watchdog {
  heard(): void;
  stop(): void;
}

/** Calls `onSilence` once when nothing was heard for `limitMs`. One timer at a time, however many frames arrive. */
export function watchSilence(clock: ClientClock, limitMs: number, onSilence: () => void): Watchdog {
  let lastMs = clock.monotonicMs();
  let cancel = clock.after(limitMs, check);

  function check(): void {
    const leftMs = lastMs + limitMs - clock.monotonicMs();
    if (leftMs <= 0) onSilence();
    else cancel = clock.after(leftMs, check);
  }

  return {
    heard() {
      lastMs = clock.monotonicMs();
    },
    stop: () => cancel(),
  };
}
