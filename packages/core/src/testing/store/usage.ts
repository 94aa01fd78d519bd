import { deepEqual, equal } from "node:assert/strict";
import type { NewEntry } from "../../journal.ts";
import type { Usage } from "../../message.ts";
import type { StoreCase } from "./case.ts";
import { ada, done, inbound, lease, person, provenance, session } from "./fixtures.ts";

const step = (model: string, usage?: Usage): NewEntry => ({
  provenance,
  message: {
    role: "assistant",
    text: "hm",
    toolCalls: [],
    model,
    stop: "stop",
    ...(usage === undefined ? {} : { usage }),
  },
});

export const usageCases: readonly StoreCase[] = [
  {
    name: "tokens of every step are kept, summed by session, day and model, behind the wall",
    async run({ store, reopen }) {
      await store.journal.accept(inbound("a"));
      const first = { inputTokens: 100, outputTokens: 5, cachedInputTokens: 60, cacheWriteTokens: 20 };
      await store.journal.step(lease(), "run-a", [step("test/large", first), step("test/large")]);
      await store.journal.step(lease(), "run-a", [step("test/small", { inputTokens: 7 })]);
      await store.journal.finish(lease(), "run-a", { ...done, entries: [step("test/large", { outputTokens: 3 })] });
      const again = await reopen();
      const { usage, sessions } = again.as(ada);
      const rows = await usage.totals();
      const day = new Date().toISOString().slice(0, 10);
      equal(
        rows.every((row) => row.session === session && row.day <= day),
        true,
      );
      deepEqual(
        rows.map(({ session: _, day: __, ...row }) => row),
        [
          {
            model: "test/large",
            steps: 2,
            inputTokens: 100,
            outputTokens: 8,
            cacheReadTokens: 60,
            cacheWriteTokens: 20,
          },
          { model: "test/small", steps: 1, inputTokens: 7, outputTokens: 0, cacheReadTokens: 0, cacheWriteTokens: 0 },
        ],
      );
      deepEqual((await sessions.get(session))?.usage, {
        inputTokens: 107,
        outputTokens: 8,
        cacheReadTokens: 60,
        cacheWriteTokens: 20,
        contextTokens: 3,
      });
      deepEqual(await usage.totals({ to: new Date(0) }), []);
      equal((await usage.totals({ session, agent: "main", from: new Date(0) })).length, 2);
      deepEqual(await usage.totals({ session: "agent:main:none" }), []);
      deepEqual(await again.as(person("eve")).usage.totals(), []);
      await sessions.delete(session);
      deepEqual(await usage.totals(), []);
    },
  },
  {
    name: "a session that starts over has an empty context, and what it spent stays spent",
    async run({ store }) {
      const { sessions } = store.as(ada);
      const spend = async (id: string) => {
        await store.journal.accept(inbound(id));
        const entries = [step("test/large", { inputTokens: 100, outputTokens: 5 })];
        await store.journal.finish(lease(), `run-${id}`, { ...done, entries });
      };
      const held = async () => {
        const { inputTokens, contextTokens } = (await sessions.get(session))?.usage ?? {};
        return [inputTokens, contextTokens];
      };
      await spend("a");
      deepEqual(await held(), [100, 105]);
      await sessions.reset(session);
      deepEqual(await held(), [100, 0]);
      await spend("b");
      deepEqual(await held(), [200, 105]);
      await store.journal.accept(inbound("c", { reset: "always" }));
      deepEqual(await held(), [200, 0]);
    },
  },
];
