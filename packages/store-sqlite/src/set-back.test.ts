import { type Clock, type NewDelivery, type ResetWhen, systemClock } from "@claw/core";
import { expect, test } from "vitest";
import { sqliteStore } from "./sqlite-store.ts";
import { inbound, lease } from "./testing/fixtures.ts";
import { stateDirectory } from "./testing/state-directory.ts";

/** A clock that somebody sets. */
function settable(start: string): Clock & { set(to: string): void } {
  let now = new Date(start);
  const set = (to: string): void => {
    now = new Date(to);
  };
  return { ...systemClock, now: () => now, set };
}

const delivery: NewDelivery = {
  key: "a",
  to: { channel: "fake", account: "bot", peer: "x", kind: "direct" },
  message: { text: "hello" },
};

test("what a restart finds unfinished is in the order of acceptance, and a repeat is known, over a clock that was set back", async () => {
  using directory = stateDirectory();
  const clock = settable("2026-06-01T12:00:00Z");
  const options = { stateDir: directory.path, clock };
  {
    await using store = sqliteStore(options);
    for (const id of ["1", "2"]) await store.journal.accept(inbound(id));
    clock.set("2026-06-01T11:00:00Z");
    for (const id of ["3", "4"]) await store.journal.accept(inbound(id));
  }
  clock.set("2026-06-01T10:00:00Z");
  await using store = sqliteStore(options);
  const found: string[] = [];
  for await (const { run } of store.journal.unfinished()) found.push(run);
  expect(found).toEqual(["run-1", "run-2", "run-3", "run-4"]);
  for (const id of ["1", "4"]) expect(await store.journal.accept(inbound(id))).toMatchObject({ repeat: true });
});

test("a delivery waits no longer than it was to wait when a restart finds the clock set back", async () => {
  using directory = stateDirectory();
  const clock = settable("2026-06-01T12:00:00Z");
  const options = { stateDir: directory.path, clock };
  const dueNow = async (store: ReturnType<typeof sqliteStore>) =>
    (await store.journal.deliveries(clock.now(), 10)).map(({ key }) => key);
  {
    await using store = sqliteStore(options);
    await store.journal.accept(inbound("1"));
    await store.journal.finish(lease, "run-1", { reason: "done", entries: [], outbound: [delivery], timeline: [] });
    await store.journal.deliveryFailed("a", { reason: "busy", retryAt: new Date("2026-06-01T12:05:00Z") });
  }
  clock.set("2026-06-01T12:02:00Z");
  {
    await using store = sqliteStore(options);
    await store.migrate();
    expect(await dueNow(store)).toEqual([]);
  }
  clock.set("2026-05-01T00:00:00Z");
  await using store = sqliteStore(options);
  await store.migrate();
  expect(await dueNow(store)).toEqual(["a"]);
});

test("a session that began at a time yet to come is reset by its age again once it is written to", async () => {
  using directory = stateDirectory();
  const clock = settable("2099-01-01T00:00:00Z");
  await using store = sqliteStore({ stateDir: directory.path, clock });
  const accept = (id: string, reset: ResetWhen) => store.journal.accept({ ...inbound(id), reset });
  await store.journal.accept(inbound("1"));
  clock.set("2026-06-01T12:00:00Z");
  expect(await accept("2", { startedBefore: new Date("2026-06-01T04:00:00Z") })).not.toHaveProperty("reset");
  clock.set("2026-06-02T12:00:00Z");
  expect(await accept("3", { startedBefore: new Date("2026-06-02T04:00:00Z") })).toMatchObject({ reset: true });
});
