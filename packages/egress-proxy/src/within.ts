import type { Clock } from "@claw/core";

/** The value, or `undefined` when it is not there in time. */
export async function within<T>(value: Promise<T>, timeoutMs: number, clock: Clock): Promise<T | undefined> {
  const { promise: late, resolve } = Promise.withResolvers<undefined>();
  const cancel = clock.after(timeoutMs, () => resolve(undefined));
  return Promise.race([value, late]).finally(cancel);
}
