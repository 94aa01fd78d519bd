import { monitorEventLoopDelay } from "node:perf_hooks";

/** By how much callbacks came later than they should have, since it is watched. */
export interface EventLoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
  /** How long it has been watched. */
  readonly forMs: number;
}

/** Each sample wakes the process up: at 10 ms that is 4 ms of CPU time in every idle second, at 50 ms one. */
const RESOLUTION_MS = 50;
const NANOSECONDS = 1e6;

/** Watches the event loop until it is disposed of. */
export function watchEventLoop(): Disposable & { delay(): EventLoopDelay } {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  const beganMs = performance.now();
  // What is measured is the time between two samples, the wanted one included.
  const late = (nanoseconds: number): number =>
    Number.isFinite(nanoseconds) ? Math.max(0, nanoseconds / NANOSECONDS - RESOLUTION_MS) : 0;
  return {
    delay: () => ({
      p50Ms: late(histogram.percentile(50)),
      p99Ms: late(histogram.percentile(99)),
      maxMs: late(histogram.max),
      forMs: Math.round(performance.now() - beganMs),
    }),
    [Symbol.dispose]: () => void histogram.disable(),
  };
}
