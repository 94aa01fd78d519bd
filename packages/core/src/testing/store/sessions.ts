import { deepEqual, equal } from "node:assert/strict";
import type { StoreCase } from "./case.ts";
import { ada, answer, delivery, done, inbound, lease, person, rejectsWith, session, texts } from "./fixtures.ts";

const outsiders = [person("eve"), person("ada", ["read"]), person("root", ["admin"], "elsewhere")];

export const sessionCases: readonly StoreCase[] = [
  {
    name: "a session is created empty once, named, and titled by its first message",
    async run({ store, reopen }) {
      const { sessions } = store.as(ada);
      const created = await sessions.create(session);
      deepEqual([created.key, created.agent, created.owner, created.title], [session, "main", "ada", ""]);
      equal("label" in created, false);
      equal((await sessions.label(session, "Taxes"))?.label, "Taxes");
      equal((await sessions.create(session)).label, "Taxes");
      deepEqual(await store.journal.accept(inbound("a")), { run: "run-a", repeat: false, sequence: 1 });
      const again = (await reopen()).as(ada).sessions;
      const { title, label } = (await again.get(session)) ?? {};
      deepEqual([title, label], ["text of a", "Taxes"]);
      equal((await again.label(session, undefined))?.label, undefined);
      equal(await again.label("agent:main:none", "x"), undefined);
    },
  },
  {
    name: "whoever may not write to a session can't change, reset or delete it, nor take its key",
    async run({ store }) {
      await store.journal.accept(inbound("a"));
      await store.journal.finish(lease(), "run-a", done);
      for (const principal of outsiders) {
        const { sessions } = store.as(principal);
        equal(await sessions.label(session, "mine"), undefined);
        equal(await sessions.configure(session, { pinned: true }), undefined);
        equal(await sessions.reset(session), undefined);
        equal(await sessions.delete(session), false);
        await rejectsWith("STORE_FORBIDDEN", sessions.create(session));
      }
      equal((await store.as(ada).sessions.get(session))?.label, undefined);
      equal((await store.as(ada).transcript.sinceReset(session)).length, 1);
      equal(await store.as(person("root", ["admin"])).sessions.delete(session), true);
    },
  },
  {
    name: "settings are changed one by one, taken away, and survive a restart",
    async run({ store, reopen }) {
      const { sessions } = store.as(ada);
      deepEqual((await sessions.create(session)).settings, {});
      await sessions.configure(session, { model: "test/large", thinkingLevel: "high", pinned: true });
      const changed = await sessions.configure(session, { model: undefined, fastMode: "auto" });
      const left = { thinkingLevel: "high", pinned: true, fastMode: "auto" };
      deepEqual(changed?.settings, left);
      await store.journal.accept(inbound("a"));
      const again = (await reopen()).as(ada).sessions;
      deepEqual((await again.get(session))?.settings, left);
      deepEqual((await again.list())[0]?.settings, left);
      await again.configure(session, { archived: true });
      const listed = async (archived?: boolean) =>
        (await again.list(archived === undefined ? {} : { archived })).map(({ key }) => key);
      deepEqual([await listed(), await listed(true), await listed(false)], [[session], [session], []]);
      equal(await again.configure("agent:main:none", { pinned: true }), undefined);
    },
  },
  {
    name: "a reset keeps what ended before it readable and from every later turn",
    async run({ store, reopen }) {
      await store.journal.accept(inbound("a"));
      await store.journal.accept(inbound("waiting"));
      await store.journal.finish(lease(), "run-a", { ...done, entries: [answer("old")] });
      await store.as(ada).sessions.reset(session);
      await store.journal.accept(inbound("b"));
      deepEqual(await store.as(person("eve")).transcript.sinceReset(session), []);
      const { transcript } = (await reopen()).as(ada);
      const given = async (limit?: number) =>
        (await transcript.sinceReset(session, limit === undefined ? {} : { limit })).map(({ run }) => run);
      deepEqual(await given(), ["run-waiting", "run-b"]);
      deepEqual(await given(1), ["run-b"]);
      equal((await transcript.read(session)).length, 4);
    },
  },
  {
    name: "a message can start its session over: what is before it is history, what still waits keeps its own words",
    async run({ store, reopen }) {
      await store.journal.accept(inbound("a"));
      await store.journal.finish(lease(), "run-a", { ...done, entries: [answer("old")] });
      await store.journal.accept(inbound("waiting"));
      const fresh = { run: "run-b", repeat: false, sequence: 4, reset: true } as const;
      deepEqual(await store.journal.accept(inbound("b", { reset: "always" })), fresh);
      deepEqual(await store.journal.accept(inbound("b", { reset: "always" })), {
        run: "run-b",
        repeat: true,
        sequence: 4,
      });
      await store.journal.accept(inbound("c"));
      const { transcript } = (await reopen()).as(ada);
      const given = async (run?: string) =>
        (await transcript.sinceReset(session, run === undefined ? {} : { run })).map((entry) => entry.run);
      deepEqual(await given(), ["run-b", "run-c"]);
      deepEqual(await given("run-waiting"), ["run-waiting", "run-b", "run-c"]);
      equal((await transcript.read(session)).length, 5);
    },
  },
  {
    name: "it starts over once when it began, or people last wrote, before a given time, and never while it is empty",
    async run({ store }) {
      const { journal } = store;
      const past = new Date(0);
      const future = new Date(Date.now() + 3_600_000);
      const startsOver = async (id: string, changes: Parameters<typeof inbound>[1]) =>
        (await journal.accept(inbound(id, changes))).reset ?? false;
      await store.as(ada).sessions.create(session);
      equal(await startsOver("first", { reset: "always" }), false);
      equal(await startsOver("a", { reset: { startedBefore: past, quietSince: past } }), false);
      equal(await startsOver("b", { reset: {} }), false);
      equal(await startsOver("c", { reset: { startedBefore: future, quietSince: past } }), true);
      equal(await startsOver("d", { reset: { startedBefore: past, quietSince: future } }), true);
      equal(await startsOver("e", { session: "agent:main:web:new", reset: { startedBefore: future } }), false);
    },
  },
  {
    name: "what is not of a person does not keep a session from being quiet",
    async run({ store }) {
      await store.journal.accept(inbound("a"));
      const written = Date.now();
      while (Date.now() === written) await new Promise((resolve) => setImmediate(resolve));
      const later = new Date();
      await store.journal.accept(inbound("cron", { principal: { ...ada, kind: "service" } }));
      equal((await store.journal.accept(inbound("b", { reset: { quietSince: later } }))).reset, true);
      equal((await store.journal.accept(inbound("c", { reset: { quietSince: later } }))).reset, undefined);
    },
  },
  {
    name: "a session whose runs have ended and whose answers are delivered is deleted whole, and its messages stay known",
    async run({ store, reopen }) {
      await store.journal.accept(inbound("a"));
      await store.journal.accept(inbound("other", { session: "agent:main:web:other" }));
      await rejectsWith("STORE_CONFLICT", store.as(ada).sessions.delete(session));
      await store.journal.effectStarted(lease(), "run-a", { id: "call", action: "tool.call", digest: "d" });
      const end = { ...done, entries: [answer("bye")], outbound: [delivery("a")] };
      await store.journal.finish(lease(), "run-a", end);
      await rejectsWith("STORE_CONFLICT", store.as(ada).sessions.delete(session));
      await store.journal.deliveryFailed("a", { reason: "busy", retryAt: new Date(8.64e15) });
      await rejectsWith("STORE_CONFLICT", store.as(ada).sessions.delete(session));
      await store.journal.delivered("a");
      equal(await store.as(ada).sessions.delete(session), true);
      equal(await store.as(ada).sessions.delete(session), false);
      const again = await reopen();
      const { sessions, runs } = again.as(ada);
      equal(await sessions.get(session), undefined);
      equal(await runs.get("run-a"), undefined);
      deepEqual(await texts(again), []);
      deepEqual(await again.journal.deliveries(new Date(8.64e15), 10), []);
      deepEqual(await texts(again, "agent:main:web:other"), ["text of other"]);
      deepEqual(await again.journal.accept(inbound("a")), { run: "run-a", repeat: true, sequence: 1 });
      await rejectsWith("STORE_FORBIDDEN", again.journal.accept(inbound("a", { principal: person("eve") })));
      deepEqual(await again.journal.accept(inbound("b")), { run: "run-b", repeat: false, sequence: 1 });
    },
  },
  {
    name: "a search finds what was said, newest first, in what the principal may see",
    async run({ store }) {
      await store.journal.accept(inbound("a", { text: "The 100% Lobster_Pot" }));
      await store.journal.accept(inbound("b", { text: "nothing" }));
      await store.journal.step(lease(), "run-a", [answer("a lobster_pot, indeed")]);
      const eve = person("eve");
      await store.journal.accept(inbound("e", { text: "lobster", principal: eve, session: "agent:main:web:eve" }));
      const found = async (text: string, principal = ada, limit?: number) =>
        (await store.as(principal).transcript.search(text, limit === undefined ? {} : { limit })).map(
          ({ entry, agent }) => `${agent} ${entry.session} ${entry.sequence}`,
        );
      deepEqual(await found("LOBSTER_pot"), [`main ${session} 3`, `main ${session} 1`]);
      deepEqual(await found("lobster", ada, 1), [`main ${session} 3`]);
      deepEqual(await found("lobsterXpot"), []);
      deepEqual(await found("0% l"), [`main ${session} 1`]);
      deepEqual(await found("lobster", eve), ["main agent:main:web:eve 1"]);
      deepEqual(await found("role"), []);
    },
  },
];
