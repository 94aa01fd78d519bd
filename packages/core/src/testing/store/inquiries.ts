import { deepEqual, equal } from "node:assert/strict";
import type { NewInquiry } from "../../questions.ts";
import type { StoreCase } from "./case.ts";
import { ada, ask, person, rejectsWith } from "./fixtures.ts";

const question = { questionId: "where", header: "Where", question: "Where to?", options: [{ label: "Here" }] };

function asked(changes: Partial<NewInquiry> = {}): NewInquiry {
  return { ...ask, questions: [question], ...changes };
}

export const inquiryCases: readonly StoreCase[] = [
  {
    name: "questions read back as they were asked, with their first answers, after a reopening as well",
    async run({ store, reopen }) {
      const made = await store.inquiries.request(asked());
      const { principal, ...rest } = asked();
      deepEqual(made, { ...rest, id: made.id, owner: principal.id, createdAt: made.createdAt });
      deepEqual(await store.inquiries.request(asked()), made);
      const first = await store.as(ada).inquiries.answer(made.id, { where: ["Here"] });
      equal(first?.first, true);
      const again = await reopen();
      const found = await again.as(ada).inquiries.get(made.id);
      deepEqual(found, first?.asked);
      deepEqual(found?.answer, { answers: { where: ["Here"] }, by: "ada", at: found?.answer?.at });
      deepEqual(await again.as(ada).inquiries.answer(made.id, "skip"), { asked: found, first: false });
      deepEqual(await again.inquiries.pending(), []);
    },
  },
  {
    name: "questions that are skipped or closed have no answers",
    async run({ store }) {
      await store.inquiries.request(asked({ id: "skipped", digest: "d1" }));
      await store.inquiries.request(asked({ id: "closed", digest: "d2" }));
      const skipped = await store.as(ada).inquiries.answer("skipped", "skip");
      deepEqual(skipped?.asked.answer, { by: "ada", at: skipped?.asked.answer?.at });
      const { answer } = await store.inquiries.close("closed");
      deepEqual(answer, { at: answer?.at });
      equal(await store.inquiries.forget(new Date(Date.now() + 60_000)), 2);
    },
  },
  {
    name: "questions are answered by whoever may write, and never by an agent; they are no approvals",
    async run({ store }) {
      const { id } = await store.inquiries.request(asked());
      const answers = { where: ["Here"] };
      await rejectsWith("STORE_FORBIDDEN", store.as(person("ada", ["read"])).inquiries.answer(id, answers));
      const agent = { ...person("ada", ["admin"]), kind: "agent" } as const;
      await rejectsWith("STORE_FORBIDDEN", store.as(agent).inquiries.answer(id, answers));
      equal(await store.as(person("eve")).inquiries.answer(id, answers), undefined);
      const root = person("root", ["admin"]);
      equal(await store.as(root).approvals.answer(id, "deny"), undefined);
      deepEqual(await store.as(root).approvals.list(), []);
      await rejectsWith("STORE_NOT_FOUND", store.approvals.close(id));
      equal(await store.approvals.forget(new Date(Date.now() + 60_000)), 0);
      equal((await store.as(root).inquiries.answer(id, answers))?.asked.answer?.by, "root");
    },
  },
];
