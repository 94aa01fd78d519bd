import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_DELAY_MS, reconnectDelayMs } from "./backoff.ts";

test("a delay lies between half and all of a doubling that stops at the cap", () => {
  const random = fc.double({ min: 0, max: 1, noNaN: true });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5_000 }), random, (attempt, value) => {
      const delay = reconnectDelayMs(attempt, value);
      const full = Math.min(MAX_DELAY_MS, 500 * 2 ** (attempt - 1));
      expect(delay).toBeGreaterThanOrEqual(full / 2);
      expect(delay).toBeLessThanOrEqual(full);
    }),
  );
});
