import type { Clock } from "@claw/core";

export interface RateLimiter {
  /** 0 when one more is free for `key`, which is thereby used; else how many milliseconds to wait. */
  take(key: string): number;
}

export interface RateLimiterOptions {
  /** Of one key within the window. */
  readonly max: number;
  readonly windowMs: number;
  readonly clock: Clock;
}

/** Counts over a sliding window; keys that are quiet are forgotten. */
export function createRateLimiter({ max, windowMs, clock }: RateLimiterOptions): RateLimiter {
  const taken = new Map<string, readonly number[]>();

  return {
    take(key) {
      const nowMs = clock.monotonicMs();
      const isRecent = (atMs: number): boolean => nowMs - atMs < windowMs;
      for (const [other, times] of taken) if (!times.some(isRecent)) taken.delete(other);
      const recent = (taken.get(key) ?? []).filter(isRecent);
      const [oldest] = recent;
      if (recent.length >= max && oldest !== undefined) return Math.ceil(oldest + windowMs - nowMs);
      taken.set(key, [...recent, nowMs]);
      return 0;
    },
  };
}
