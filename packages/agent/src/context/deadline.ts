import type { Clock } from "@claw/core";

export interface Deadline extends Disposable {
  /** Fires with the parent, or when the time is over. */
  readonly signal: AbortSignal;
}

export function deadline(clock: Clock, timeoutMs: number, parent: AbortSignal): Deadline {
  const late = new AbortController();
  const cancel = clock.after(timeoutMs, () => late.abort());
  return { signal: AbortSignal.any([parent, late.signal]), [Symbol.dispose]: cancel };
}
