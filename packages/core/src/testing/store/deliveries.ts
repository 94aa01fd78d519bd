import { deepEqual, equal } from "node:assert/strict";
import type { NewDelivery } from "../../journal.ts";
import type { Store } from "../../store.ts";
import type { StoreCase } from "./case.ts";
import { ada, delivery, done, inbound, lease, rejectsWith, session } from "./fixtures.ts";

const later = new Date("2100-01-01T00:00:00Z");

async function queue(store: Store, id: string, outbound: readonly NewDelivery[]): Promise<void> {
  await store.journal.accept(inbound(id));
  await store.journal.finish(lease(), `run-${id}`, { ...done, outbound });
}

async function due(store: Store, now = later, limit = 100): Promise<readonly string[]> {
  return (await store.journal.deliveries(now, limit)).map(({ key }) => key);
}

export const deliveryCases: readonly StoreCase[] = [
  {
    name: "the messages of a finished run wait for delivery, also after a restart",
    async run({ store, reopen }) {
      const queued = { ...delivery("a"), message: { text: "hello", replyTo: "message-7" } };
      await queue(store, "a", [queued]);
      const [found, ...rest] = await (await reopen()).journal.deliveries(later, 10);
      deepEqual({ ...found, dueAt: undefined }, { ...queued, attempts: 0, dueAt: undefined });
      deepEqual(rest, []);
    },
  },
  {
    name: "an address gets its messages one after the other in the order queued, beside other addresses",
    async run({ store }) {
      await queue(store, "a", [delivery("a1", "x"), delivery("a2", "x"), delivery("b1", "y"), delivery("c1", "z")]);
      deepEqual(await due(store), ["a1", "b1", "c1"]);
      deepEqual(await due(store, later, 2), ["a1", "b1"]);
      await store.journal.delivered("a1");
      deepEqual(await due(store), ["a2", "b1", "c1"]);
      deepEqual(await due(store, new Date(0)), []);
    },
  },
  {
    name: "of the channels that are left out nothing is named, and nothing of others is missed",
    async run({ store }) {
      const queued = [1, 2, 3].flatMap((number) => [
        delivery(`slow${number}`, `x${number}`),
        { ...delivery(`fast${number}`, `x${number}`), to: { ...delivery("").to, channel: "fast", peer: `x${number}` } },
      ]);
      await queue(store, "a", queued);
      const without = async (except: readonly string[]) =>
        (await store.journal.deliveries(later, 2, except)).map(({ key }) => key);
      deepEqual(await without([delivery("").to.channel]), ["fast1", "fast2"]);
      deepEqual(await without(["fast"]), ["slow1", "slow2"]);
      deepEqual(await without(["none"]), ["slow1", "fast1"]);
      deepEqual(await without(["fast", delivery("").to.channel]), []);
    },
  },
  {
    name: "a failed delivery is due again at its time and holds back only its own address",
    async run({ store }) {
      await queue(store, "a", [delivery("a1", "x"), delivery("a2", "x"), delivery("b1", "y")]);
      await store.journal.deliveryFailed("a1", { reason: "slow down", retryAt: new Date("2099-01-01T00:00:00Z") });
      deepEqual(await due(store, new Date("2098-12-31T23:59:59Z")), ["b1"]);
      const [first] = await store.journal.deliveries(new Date("2099-01-01T00:00:00Z"), 10);
      equal(first?.key, "a1");
      equal(first?.attempts, 1);
      deepEqual(first?.dueAt, new Date("2099-01-01T00:00:00Z"));
    },
  },
  {
    name: "a message of no run waits for delivery once, in the order of its address, also after a restart",
    async run({ store, reopen }) {
      deepEqual(await store.journal.send(session, delivery("s1", "x")), { repeat: false });
      deepEqual(await store.journal.send(session, delivery("s1", "x")), { repeat: true });
      await queue(store, "a", [delivery("a1", "x")]);
      const again = await reopen();
      deepEqual(await due(again), ["s1"]);
      await again.journal.delivered("s1");
      deepEqual(await due(again), ["a1"]);
      deepEqual(await again.journal.send("agent:other:main", delivery("s1", "x")), { repeat: true });
      deepEqual(await due(again), ["a1"]);
    },
  },
  {
    name: "the key of a message of no run is for no other message",
    async run({ store }) {
      await store.journal.send(session, delivery("s1", "x"));
      await rejectsWith("STORE_CONFLICT", store.journal.send(session, delivery("s1", "y")));
      const other = { ...delivery("s1", "x"), message: { text: "something else" } };
      await rejectsWith("STORE_CONFLICT", store.journal.send(session, other));
      deepEqual(await due(store), ["s1"]);
    },
  },
  {
    name: "a message of no run keeps no session from being deleted",
    async run({ store }) {
      await queue(store, "a", []);
      await store.journal.send(session, delivery("s1"));
      equal(await store.as(ada).sessions.delete(session), true);
      deepEqual(await due(store), ["s1"]);
    },
  },
  {
    name: "a dead letter is tried no more and lets the next one through",
    async run({ store, reopen }) {
      await queue(store, "a", [delivery("a1"), delivery("a2")]);
      await store.journal.deliveryFailed("a1", { reason: "no such chat" });
      deepEqual(await due(await reopen()), ["a2"]);
    },
  },
  {
    name: "a settled delivery stays settled, and its key is never queued again",
    async run({ store }) {
      await queue(store, "a", [delivery("a1")]);
      await store.journal.delivered("a1");
      await store.journal.delivered("a1");
      await store.journal.deliveryFailed("a1", { reason: "late", retryAt: later });
      await queue(store, "b", [delivery("a1")]);
      deepEqual(await due(store), []);
      await rejectsWith("STORE_NOT_FOUND", store.journal.delivered("unknown"));
    },
  },
];
