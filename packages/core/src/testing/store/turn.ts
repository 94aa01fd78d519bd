import { deepEqual, equal, ok } from "node:assert/strict";
import type { Span } from "../../store.ts";
import type { StoreCase } from "./case.ts";
import {
  ada,
  answer,
  delivery,
  done,
  inbound,
  lease,
  provenance,
  rejectsWith,
  session,
  texts,
  toolResult,
  unfinished,
} from "./fixtures.ts";

const effect = { id: "call-1", action: "tool.call", digest: "0".repeat(64) };

export const turnCases: readonly StoreCase[] = [
  {
    name: "steps, effects and the end of a run are there after a restart",
    async run({ store, reopen }) {
      const { journal } = store;
      const timeline: readonly Span[] = [
        { stage: "accept", startMs: 0, durationMs: 0.25 },
        { stage: "model", startMs: 1, durationMs: 20, label: "test/model" },
      ];
      await journal.accept(inbound("a"));
      await journal.step(lease(), "run-a", [answer("thinking")]);
      equal((await store.as(ada).runs.get("run-a"))?.state, "running");
      await journal.effectStarted(lease(), "run-a", effect);
      await journal.effectFinished(lease(), "run-a", effect.id, toolResult(effect.id));
      await journal.finish(lease(), "run-a", { ...done, entries: [answer("there")], timeline });
      const again = await reopen();
      deepEqual(await texts(again), ["text of a", "thinking", "ok", "there"]);
      const run = await again.as(ada).runs.get("run-a");
      equal(run?.state, "done");
      deepEqual(run?.timeline, timeline);
      ok(run?.endedAt instanceof Date);
      deepEqual(await unfinished(again), []);
    },
  },
  {
    name: "unfinished runs come oldest first with the effects whose outcome is unknown",
    async run({ store, reopen }) {
      const { journal } = store;
      const replyTo = delivery("x").to;
      await journal.accept(inbound("a", { replyTo }));
      await journal.accept(inbound("b", { agent: "other", session: "agent:other:web:ada" }));
      await journal.accept(inbound("c"));
      await journal.effectStarted(lease(), "run-a", effect);
      await journal.effectStarted(lease(), "run-a", { ...effect, id: "call-2" });
      await journal.effectFinished(lease(), "run-a", "call-2", toolResult("call-2"));
      await journal.finish(lease(), "run-c", done);
      const again = await reopen();
      const [first, second, ...rest] = await unfinished(again);
      deepEqual(
        { ...first, acceptedAt: undefined },
        {
          run: "run-a",
          session,
          agent: "main",
          principal: ada,
          provenance,
          acceptedAt: undefined,
          replyTo,
          unknownEffects: [effect],
          recoveries: 0,
        },
      );
      equal(second?.run, "run-b");
      equal(second !== undefined && "replyTo" in second, false);
      deepEqual(rest, []);
      await again.journal.effectFinished(lease(), "run-a", effect.id, toolResult(effect.id, "outcome unknown"));
      deepEqual((await unfinished(again))[0]?.unknownEffects, []);
    },
  },
  {
    name: "a run remembers over restarts how often it was begun again",
    async run({ store, reopen }) {
      await store.journal.accept(inbound("a"));
      await store.journal.beginAgain(lease(), "run-a");
      const again = await reopen();
      await again.journal.beginAgain(lease(), "run-a");
      deepEqual(
        (await unfinished(again)).map(({ run, recoveries }) => [run, recoveries]),
        [["run-a", 2]],
      );
      await again.journal.finish(lease(), "run-a", done);
      await rejectsWith("STORE_ENDED", again.journal.beginAgain(lease(), "run-a"));
    },
  },
  {
    name: "what joins a turn is read after what the turn has written, and ends with it as it does",
    async run({ store, reopen }) {
      const { journal } = store;
      await journal.accept(inbound("a"));
      await journal.accept(inbound("b", { queue: "steer" }));
      await journal.accept(inbound("c", { queue: "collect", after: "run-a" }));
      await journal.step(lease(), "run-a", [answer("thinking")]);
      await journal.join(lease(), "run-a", ["run-b"]);
      await rejectsWith("STORE_CONFLICT", journal.join(lease(), "run-a", ["run-b"]));
      await rejectsWith("STORE_NOT_FOUND", journal.join(lease(), "run-a", ["run-x"]));
      const again = await reopen();
      const left = (await unfinished(again)).map(({ run, queue, after, answeredBy }) => [
        run,
        queue,
        after,
        answeredBy,
      ]);
      deepEqual(left, [
        ["run-a", undefined, undefined, undefined],
        ["run-b", "steer", undefined, "run-a"],
        ["run-c", "collect", "run-a", undefined],
      ]);
      const entries = await again.as(ada).transcript.sinceReset(session);
      deepEqual(
        entries.map(({ joined }) => joined),
        [undefined, { run: "run-a", after: 4 }, undefined, undefined],
      );
      const error = { code: "MODEL_FAILED", message: "no answer" };
      await again.journal.finish(lease(), "run-a", { ...done, reason: "error", error });
      const { runs } = again.as(ada);
      const { state, error: why, answeredBy } = (await runs.get("run-b")) ?? {};
      deepEqual([state, why, answeredBy], ["error", error, "run-a"]);
      equal((await runs.get("run-c"))?.state, "queued");
      await rejectsWith("STORE_ENDED", again.journal.join(lease(), "run-a", ["run-c"]));
    },
  },
  {
    name: "an effect starts once, and a second end of it changes nothing",
    async run({ store }) {
      const { journal } = store;
      await journal.accept(inbound("a"));
      await journal.effectStarted(lease(), "run-a", effect);
      await rejectsWith("STORE_CONFLICT", journal.effectStarted(lease(), "run-a", effect));
      await rejectsWith("STORE_NOT_FOUND", journal.effectFinished(lease(), "run-a", "call-9", toolResult("call-9")));
      await journal.effectFinished(lease(), "run-a", effect.id, toolResult(effect.id));
      await journal.effectFinished(lease(), "run-a", effect.id, toolResult(effect.id, "again"));
      deepEqual(await texts(store), ["text of a", "ok"]);
    },
  },
  {
    name: "a run that has ended stays as it ended",
    async run({ store }) {
      const { journal } = store;
      const error = { code: "MODEL_FAILED", message: "no answer" };
      await journal.accept(inbound("a"));
      await journal.finish(lease(), "run-a", { ...done, reason: "error", error, entries: [answer("sorry")] });
      const ended = await store.as(ada).runs.get("run-a");
      deepEqual(ended?.error, error);
      await journal.finish(lease(), "run-a", { ...done, entries: [answer("late")], outbound: [delivery("late")] });
      await rejectsWith("STORE_ENDED", journal.step(lease(), "run-a", [answer("later")]));
      await rejectsWith("STORE_ENDED", journal.effectStarted(lease(), "run-a", effect));
      deepEqual(await store.as(ada).runs.get("run-a"), ended);
      deepEqual(await texts(store), ["text of a", "sorry"]);
      deepEqual(await journal.deliveries(new Date("2100-01-01"), 10), []);
    },
  },
  {
    name: "a lease of one session can't write to a run of another",
    async run({ store }) {
      await store.journal.accept(inbound("a"));
      await store.journal.accept(inbound("b", { session: "agent:main:web:second" }));
      await rejectsWith("STORE_NOT_FOUND", store.journal.step(lease(), "run-b", [answer("x")]));
      await rejectsWith("STORE_NOT_FOUND", store.journal.finish(lease(), "run-x", done));
      await rejectsWith("STORE_NOT_FOUND", store.journal.step(lease(1n, "agent:nobody:x"), "run-a", []));
    },
  },
  {
    name: "a write under an older lease than the newest that wrote is refused and changes nothing",
    async run({ store }) {
      const { journal } = store;
      await journal.accept(inbound("a"));
      await journal.step(lease(1n), "run-a", [answer("one")]);
      await journal.step(lease(3n), "run-a", [answer("three")]);
      await rejectsWith("STORE_FENCED", journal.step(lease(2n), "run-a", [answer("two")]));
      await rejectsWith("STORE_FENCED", journal.effectStarted(lease(2n), "run-a", effect));
      await rejectsWith("STORE_FENCED", journal.finish(lease(2n), "run-a", done));
      await journal.accept(inbound("b", { session: "agent:main:web:second" }));
      await journal.step(lease(1n, "agent:main:web:second"), "run-b", [answer("another session")]);
      await journal.finish(lease(3n), "run-a", done);
      deepEqual(await texts(store), ["text of a", "one", "three"]);
    },
  },
  {
    name: "migrating again, and twice at once, changes nothing",
    async run({ store, reopen }) {
      await store.journal.accept(inbound("a"));
      await Promise.all([store.migrate(), store.migrate()]);
      const again = await reopen();
      await again.migrate();
      deepEqual(await texts(again), ["text of a"]);
    },
  },
];
