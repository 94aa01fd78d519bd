import { expect, test, vi } from "vitest";
import { watchEventLoop } from "./event-loop.ts";

// Samples are taken by a timer of the platform, which no clock of ours moves.
const WITHIN = { timeout: 60_000, interval: 20 };

test("what blocks the event loop is its delay, and the time between two samples is not", async () => {
  using watched = watchEventLoop();
  // A delay is the time since the sample before.
  await vi.waitFor(() => expect(watched.delay().forMs).toBeGreaterThan(200), WITHIN);
  const until = performance.now() + 500;
  while (performance.now() < until);
  await vi.waitFor(() => expect(watched.delay().maxMs).toBeGreaterThan(350), WITHIN);
  // The others were taken while there was next to nothing to do.
  await vi.waitFor(() => expect(watched.delay().p50Ms).toBeLessThan(250), WITHIN);
  const { maxMs, p99Ms, forMs } = watched.delay();
  expect(p99Ms).toBeLessThanOrEqual(maxMs);
  expect(forMs).toBeGreaterThanOrEqual(500);
});
