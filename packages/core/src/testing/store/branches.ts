import { deepEqual, equal } from "node:assert/strict";
import type { StoreCase } from "./case.ts";
import { ada, answer, done, inbound, lease, person, rejectsWith, session, texts } from "./fixtures.ts";

const copy = "agent:main:web:copy";
const outsiders = [person("eve"), person("ada", ["read"]), person("root", ["admin"], "elsewhere")];

/** Two runs; the second was accepted while the first went on. */
async function converse({ store }: Parameters<StoreCase["run"]>[0]): Promise<void> {
  await store.journal.accept(inbound("a"));
  await store.journal.accept(inbound("b"));
  await store.journal.finish(lease(), "run-a", { ...done, entries: [answer("to a")] });
  await store.journal.finish(lease(), "run-b", { ...done, entries: [answer("to b")] });
}

export const branchCases: readonly StoreCase[] = [
  {
    name: "an entry that no turn made is added by whoever may write, and given to later turns",
    async run(harness) {
      await converse(harness);
      const { store } = harness;
      for (const principal of outsiders)
        equal(await store.as(principal).sessions.inject(session, answer("x")), undefined);
      equal(await store.as(ada).sessions.inject(session, answer("by the way")), 5);
      equal(await store.as(ada).sessions.inject("agent:main:none", answer("x")), undefined);
      const again = await harness.reopen();
      deepEqual((await again.as(ada).transcript.sinceReset(session)).at(-1)?.message, answer("by the way").message);
      await again.journal.accept(inbound("c"));
      equal((await texts(again)).length, 6);
    },
  },
  {
    name: "a rewind goes on from an earlier entry in the order of turns, and what it leaves stays readable",
    async run(harness) {
      await converse(harness);
      const { store } = harness;
      for (const principal of outsiders) equal(await store.as(principal).sessions.rewind(session, 0), undefined);
      await rejectsWith("STORE_NOT_FOUND", store.as(ada).sessions.rewind(session, 9));
      equal((await store.as(ada).sessions.rewind(session, 3))?.key, session);
      const again = await harness.reopen();
      await again.journal.accept(inbound("c"));
      const { transcript, sessions } = again.as(ada);
      const given = async () => (await transcript.sinceReset(session)).map(({ sequence }) => sequence);
      deepEqual(await given(), [1, 3, 5]);
      deepEqual(await texts(again), ["text of a", "to a", "text of c"]);
      const all = await transcript.read(session, { superseded: true });
      deepEqual(
        all.map(({ superseded = false }) => superseded),
        [false, true, false, true, false],
      );
      await rejectsWith("STORE_NOT_FOUND", sessions.rewind(session, 4));
      await sessions.rewind(session, 0);
      deepEqual(await given(), []);
      equal((await transcript.read(session, { superseded: true })).length, 5);
      equal(await sessions.rewind("agent:main:none", 0), undefined);
    },
  },
  {
    name: "a fork is a session of its own with the history up to an entry",
    async run(harness) {
      await converse(harness);
      const { store } = harness;
      const answered = { answer: answer("Help."), outbound: [] };
      await store.journal.accept(inbound("h", { message: { role: "user", text: "/help", command: "help" }, answered }));
      await store.as(ada).sessions.configure(session, { model: "test/large", pinned: true });
      for (const principal of outsiders) equal(await store.as(principal).sessions.fork(session, copy, 3), undefined);
      const forked = await store.as(ada).sessions.fork(session, copy, 4);
      deepEqual([forked?.owner, forked?.title, forked?.settings], ["ada", "text of a", { model: "test/large" }]);
      await rejectsWith("STORE_CONFLICT", store.as(ada).sessions.fork(session, copy, 4));
      await rejectsWith("STORE_NOT_FOUND", store.as(ada).sessions.fork(session, "agent:main:web:no", 99));
      const again = await harness.reopen();
      deepEqual(await texts(again, copy), ["text of a", "to a", "text of b", "to b"]);
      deepEqual(await again.journal.accept(inbound("c", { session: copy })), {
        run: "run-c",
        repeat: false,
        sequence: 5,
      });
      equal((await texts(again)).length, 6);
      await again.as(ada).sessions.fork(session, "agent:main:web:all", 6);
      deepEqual(await texts(again, "agent:main:web:all"), ["text of a", "to a", "text of b", "to b"]);
    },
  },
];
