import type { Clock } from "@claw/core";
import { systemClock } from "@claw/core";
import { expect, test } from "vitest";
import { sqliteStore } from "./sqlite-store.ts";
import { stateDirectory } from "./testing/state-directory.ts";

const at = (second: number) => new Date(Date.UTC(2026, 0, 1, 0, 0, second));
const clockAt = (second: number): Clock => ({ ...systemClock, now: () => at(second) });

test("what is kept outlives the store, the newest under each key, until it expires or is forgotten", async () => {
  using directory = stateDirectory();
  const open = (second: number) => sqliteStore({ stateDir: directory.path, clock: clockAt(second) });
  const locked = { key: "a", failedAt: [], lockedUntil: at(30), expiresAt: at(30) };
  const counted = { key: "b", failedAt: [at(1), at(2)], expiresAt: at(60) };
  {
    await using store = open(0);
    const { failedAttempts } = store;
    expect(await failedAttempts.load()).toEqual([]);
    await failedAttempts.keep({ key: "a", failedAt: [at(0)], expiresAt: at(60) });
    await Promise.all([failedAttempts.keep(locked), failedAttempts.keep(counted)]);
    await failedAttempts.keep({ key: "c", failedAt: [at(1)], expiresAt: at(60) });
    await failedAttempts.forget("c");
    await failedAttempts.forget("never kept");
  }
  {
    await using store = open(29);
    expect(await store.failedAttempts.load()).toEqual([locked, counted]);
  }
  await using store = open(30);
  expect(await store.failedAttempts.load()).toEqual([counted]);
});
