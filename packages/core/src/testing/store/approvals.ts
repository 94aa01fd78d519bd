import { deepEqual, equal } from "node:assert/strict";
import type { NewApproval } from "../../approvals.ts";
import type { Principal } from "../../principal.ts";
import type { StoreCase } from "./case.ts";
import { ada, ask, inbound, person, rejectsWith, session } from "./fixtures.ts";

const approver = person("ada", ["write", "approvals"]);

function asked(changes: Partial<NewApproval> = {}): NewApproval {
  return {
    ...ask,
    action: "tool.call",
    input: { tool: "exec", input: { command: "ls" } },
    rule: "tools.ask[0]",
    reason: "exec needs an approval",
    ...changes,
  };
}

export const approvalCases: readonly StoreCase[] = [
  {
    name: "an approval reads back as it was asked for, after a reopening as well",
    async run({ store, reopen }) {
      const made = await store.approvals.request(asked());
      const { principal, ...rest } = asked();
      deepEqual(made, { ...rest, id: made.id, owner: principal.id, createdAt: made.createdAt });
      const again = await reopen();
      deepEqual(await again.as(approver).approvals.get(made.id), made);
      deepEqual(await again.as(approver).approvals.list({ pending: true }), [made]);
      deepEqual(await again.approvals.pending(), [made]);
    },
  },
  {
    name: "the same call with the same digest is asked about once, another digest or call is another question",
    async run({ store }) {
      const first = await store.approvals.request(asked());
      deepEqual(await store.approvals.request(asked({ reason: "again" })), first);
      const others = [asked({ digest: "d2" }), asked({ call: "call-2" }), asked({ run: "run-b" })];
      const ids = [first.id];
      for (const other of others) ids.push((await store.approvals.request(other)).id);
      equal(new Set(ids).size, 4);
    },
  },
  {
    name: "what clients ask for is never taken for the same, and an id is taken once",
    async run({ store }) {
      const { run: _, call: __, ...client } = asked();
      const first = await store.approvals.request({ ...client, id: "mine" });
      equal(first.id, "mine");
      equal((await store.approvals.request(client)).id === first.id, false);
      await rejectsWith("STORE_CONFLICT", store.approvals.request({ ...client, id: "mine" }));
    },
  },
  {
    name: "the first answer counts, and a later one is told whose it was",
    async run({ store }) {
      const { id } = await store.approvals.request(asked());
      const root = person("root", ["admin"]);
      const first = await store.as(approver).approvals.answer(id, "allow-once");
      equal(first?.first, true);
      equal(first?.asked.answer?.by, "ada");
      const second = await store.as(root).approvals.answer(id, "deny");
      deepEqual(second, { asked: first?.asked, first: false });
      deepEqual(await store.as(root).approvals.list({ pending: true }), []);
      deepEqual(await store.approvals.pending(), []);
      deepEqual(await store.approvals.close(id), first?.asked);
    },
  },
  {
    name: "an approval that is closed is denied by nobody",
    async run({ store }) {
      const { id } = await store.approvals.request(asked());
      const { answer } = await store.approvals.close(id);
      deepEqual({ decision: answer?.decision, by: answer?.by }, { decision: "deny", by: undefined });
      equal((await store.as(approver).approvals.answer(id, "allow-once"))?.first, false);
      await rejectsWith("STORE_NOT_FOUND", store.approvals.close("nothing"));
    },
  },
  {
    name: "allow-always covers the same digest in the same session and nothing else",
    async run({ store }) {
      const { id } = await store.approvals.request(asked());
      const once = await store.approvals.request(asked({ call: "call-2", digest: "d2" }));
      const granted = (digest: string, changes: Partial<NewApproval> = {}) =>
        store.approvals.grant(asked({ digest, ...changes }));
      equal(await granted("d1"), undefined);
      await store.as(approver).approvals.answer(id, "allow-always");
      await store.as(approver).approvals.answer(once.id, "allow-once");
      equal((await granted("d1"))?.id, id);
      equal(await granted("d2"), undefined);
      equal(await granted("d1", { session: "agent:main:web:other" }), undefined);
      equal(await granted("d1", { principal: person("eve") }), undefined);
    },
  },
  {
    name: "an approval is seen by its owner and by an admin of the tenant, and by nobody else",
    async run({ store }) {
      const { id } = await store.approvals.request(asked());
      const sees = async (principal: Principal) => {
        const { approvals } = store.as(principal);
        const found = await approvals.get(id);
        equal((await approvals.list()).length, found === undefined ? 0 : 1);
        return found !== undefined;
      };
      equal(await sees(person("ada", ["read"])), true);
      equal(await sees(person("root", ["admin"])), true);
      equal(await sees(person("eve", ["write", "approvals"])), false);
      equal(await sees(person("ada", ["approvals"])), true);
      equal(await sees(person("ada", ["node"])), false);
      equal(await sees(person("ada", ["write"], "elsewhere")), false);
      equal(await sees(person("root", ["admin"], "elsewhere")), false);
    },
  },
  {
    name: "only who has the scope answers, and an agent never",
    async run({ store }) {
      const { id } = await store.approvals.request(asked());
      await rejectsWith("STORE_FORBIDDEN", store.as(ada).approvals.answer(id, "allow-once"));
      const agent = { ...person("ada", ["admin"]), kind: "agent" } as const;
      await rejectsWith("STORE_FORBIDDEN", store.as(agent).approvals.answer(id, "allow-once"));
      equal(await store.as(person("eve", ["approvals"])).approvals.answer(id, "deny"), undefined);
      equal((await store.as(approver).approvals.get(id))?.answer, undefined);
    },
  },
  {
    name: "whoever is in a session sees what is asked there, and answers it when they may write",
    async run({ store }) {
      await store.journal.accept(inbound("a"));
      const { id } = await store.approvals.request(asked({ principal: person("bob") }));
      const sees = async (principal: Principal) => {
        const { approvals } = store.as(principal);
        const found = await approvals.get(id);
        equal((await approvals.list({ pending: true })).length, found === undefined ? 0 : 1);
        return found !== undefined;
      };
      const eve = person("eve", ["approvals"]);
      // Nobody else is in it: what bob does there is not ada's, until she shares it.
      equal(await sees(eve), false);
      await store.as(ada).sessions.share(session, { id: "eve", access: "read" });
      equal(await sees(eve), true);
      equal(await sees(approver), true);
      equal(await sees({ ...eve, tenant: "elsewhere" }), false);
      equal(await store.as(eve).approvals.answer(id, "allow-once"), undefined);
      await store.as(ada).sessions.share(session, { id: "eve", access: "write" });
      equal((await store.as(eve).approvals.answer(id, "allow-once"))?.asked.answer?.by, "eve");
      await store.as(ada).sessions.unshare(session, "eve");
      equal(await sees(eve), false);
    },
  },
  {
    name: "what was answered is forgotten after a time, but for what waits and for an allow-always, which still counts",
    async run({ store }) {
      const answers = [
        ["once", "allow-once"],
        ["always", "allow-always"],
        ["denied", "deny"],
      ] as const;
      for (const [id, decision] of answers) {
        await store.approvals.request(asked({ id, digest: id }));
        await store.as(approver).approvals.answer(id, decision);
      }
      await store.approvals.request(asked({ id: "waiting", digest: "waiting" }));
      equal(await store.approvals.forget(new Date(0)), 0);
      equal(await store.approvals.forget(new Date(Date.now() + 60_000)), 2);
      deepEqual((await store.as(approver).approvals.list()).map(({ id }) => id).toSorted(), ["always", "waiting"]);
      equal((await store.approvals.grant(asked({ digest: "always" })))?.id, "always");
    },
  },
];
