import { deepEqual, equal, ok } from "node:assert/strict";
import type { StoreCase } from "./case.ts";
import { answer, done, inbound, lease, person, provenance, rejectsWith, session, texts } from "./fixtures.ts";

export const acceptCases: readonly StoreCase[] = [
  {
    name: "an accepted message opens its session, its run and its transcript",
    async run({ store }) {
      const replyTo = { channel: "web", account: "main", peer: "ada", kind: "direct" } as const;
      deepEqual(await store.journal.accept(inbound("a", { replyTo })), { run: "run-a", repeat: false, sequence: 1 });
      const view = store.as(person("ada"));
      const opened = await view.sessions.get(session);
      equal(opened?.owner, "ada");
      equal(opened?.agent, "main");
      equal(opened?.title, "text of a");
      const [entry] = await view.transcript.read(session);
      deepEqual(
        { ...entry, at: undefined },
        {
          session,
          sequence: 1,
          run: "run-a",
          at: undefined,
          provenance,
          message: { role: "user", text: "text of a" },
        },
      );
      ok(entry?.at instanceof Date);
      const run = await view.runs.get("run-a");
      equal(run?.state, "queued");
      equal(run !== undefined && "endedAt" in run, false);
    },
  },
  {
    name: "a repeated id is answered with the first run, also after a restart and in another session",
    async run({ store, reopen }) {
      const first = { run: "run-a", repeat: true, sequence: 1 };
      await store.journal.accept(inbound("a"));
      deepEqual(await store.journal.accept(inbound("a", { run: "run-b" })), first);
      const again = await reopen();
      const elsewhere = { run: "run-c", agent: "other", session: "agent:other:web:ada" };
      deepEqual(await again.journal.accept(inbound("a", elsewhere)), first);
      deepEqual(await texts(again), ["text of a"]);
      equal(await again.as(person("ada")).sessions.get("agent:other:web:ada"), undefined);
    },
  },
  {
    name: "repeats that arrive together start one run",
    async run({ store }) {
      const accepted = await Promise.all([1, 2, 3].map((n) => store.journal.accept(inbound("a", { run: `run-${n}` }))));
      equal(accepted.filter(({ repeat }) => !repeat).length, 1);
      equal(new Set(accepted.map(({ run }) => run)).size, 1);
    },
  },
  {
    name: "a run id of another message is refused and changes nothing",
    async run({ store }) {
      await store.journal.accept(inbound("a"));
      await rejectsWith("STORE_CONFLICT", store.journal.accept(inbound("b", { run: "run-a" })));
      deepEqual(await texts(store), ["text of a"]);
      deepEqual(await store.journal.accept(inbound("b")), { run: "run-b", repeat: false, sequence: 2 });
    },
  },
  {
    name: "somebody else's session can't be written to, nor its repeats be asked for",
    async run({ store }) {
      await store.journal.accept(inbound("a"));
      const eve = { principal: person("eve") };
      await rejectsWith("STORE_FORBIDDEN", store.journal.accept(inbound("b", eve)));
      await rejectsWith("STORE_FORBIDDEN", store.journal.accept(inbound("a", eve)));
      const foreignAdmin = { principal: person("root", ["admin"], "elsewhere") };
      await rejectsWith("STORE_FORBIDDEN", store.journal.accept(inbound("c", foreignAdmin)));
      deepEqual(await texts(store), ["text of a"]);
    },
  },
  {
    name: "an admin may write to a session of the tenant, which keeps its owner",
    async run({ store }) {
      await store.journal.accept(inbound("a"));
      await store.journal.accept(inbound("b", { principal: person("root", ["admin"]) }));
      equal((await store.as(person("ada")).sessions.get(session))?.owner, "ada");
      deepEqual(await texts(store), ["text of a", "text of b"]);
    },
  },
  {
    name: "a session key that is not one is refused wherever it is given",
    async run({ store }) {
      const bad = [
        "",
        "main",
        "agent:main",
        "agent:main:",
        "agent:Main:x",
        "agent:../../etc:x",
        `agent:${"a".repeat(65)}:x`,
      ];
      for (const key of bad) {
        await rejectsWith("STORE_INVALID", store.journal.accept(inbound("a", { session: key })));
        await rejectsWith("STORE_INVALID", store.journal.step(lease(1n, key), "run-a", []));
        await rejectsWith("STORE_INVALID", store.as(person("ada")).sessions.get(key));
      }
      await rejectsWith("STORE_INVALID", store.journal.accept(inbound("a", { agent: "other" })));
    },
  },
  {
    name: "sequence numbers have no gaps, whatever is written together or refused in between",
    async run({ store }) {
      await store.journal.accept(inbound("first"));
      await Promise.allSettled([
        ...Array.from({ length: 20 }, (_, n) => store.journal.accept(inbound(`n${n}`))),
        ...Array.from({ length: 20 }, () => store.journal.step(lease(), "run-first", [answer("x"), answer("y")])),
        store.journal.accept(inbound("refused", { run: "run-first" })),
        store.journal.step(lease(), "run-unknown", [answer("z")]),
      ]);
      await store.journal.finish(lease(), "run-first", { ...done, entries: [answer("end")] });
      const entries = await store.as(person("ada")).transcript.read(session);
      deepEqual(
        entries.map(({ sequence }) => sequence),
        Array.from({ length: 62 }, (_, n) => n + 1),
      );
    },
  },
  {
    name: "a title is the first message on one line, cut at 60 characters",
    async run({ store }) {
      await store.journal.accept(inbound("a", { text: `  Hello\n\n${"🦞".repeat(80)}` }));
      await store.journal.accept(inbound("b", { text: "another" }));
      const title = (await store.as(person("ada")).sessions.get(session))?.title ?? "";
      equal(title, `Hello ${"🦞".repeat(53)}…`);
    },
  },
];
