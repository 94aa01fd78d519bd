import type { Lease } from "@claw/core";
import { expect, test } from "vitest";
import { fences } from "./fences.ts";

const held = (key: string, fence: bigint, lost = new AbortController()): Lease => ({
  key,
  fence,
  lost: lost.signal,
  async [Symbol.asyncDispose]() {
    lost.abort();
  },
});

test("the newest lease of a session is remembered while no more than the limit were used after it", () => {
  const check = fences(3);
  for (const key of ["a", "b", "c"]) check(held(key, 5n));
  check(held("a", 5n));
  check(held("d", 5n));
  expect(() => check(held("a", 4n))).toThrow("was written under lease 5");
  expect(() => check(held("b", 4n))).not.toThrow();
});

test("a lease that was given back writes no more, also when its session is forgotten", async () => {
  const check = fences(1);
  const lease = held("a", 1n);
  check(lease);
  await lease[Symbol.asyncDispose]();
  check(held("b", 2n));
  expect(() => check(lease)).toThrow("no longer held by lease 1");
});
