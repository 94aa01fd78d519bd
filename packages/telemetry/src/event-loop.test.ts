import { setTimeout } from "node:timers/promises";
import { expect, test } from "vitest";
import { watchEventLoop } from "./event-loop.ts";

test("what blocks the event loop is its delay, and the time between two samples is not", async () => {
  using watched = watchEventLoop();
  // Samples are taken by a timer of the platform, which no clock of ours moves.
  await setTimeout(200);
  expect(watched.delay().p50Ms).toBeLessThan(40);
  const until = performance.now() + 300;
  while (performance.now() < until);
  await setTimeout(100);
  const { maxMs, p50Ms, p99Ms, forMs } = watched.delay();
  expect(maxMs).toBeGreaterThan(200);
  expect(p99Ms).toBeLessThanOrEqual(maxMs);
  expect(p50Ms).toBeLessThan(maxMs);
  expect(forMs).toBeGreaterThanOrEqual(500);
});
