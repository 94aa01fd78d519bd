import { deepEqual, equal } from "node:assert/strict";
import type { Principal } from "../../principal.ts";
import type { Store } from "../../store.ts";
import type { StoreCase } from "./case.ts";
import { answer, inbound, lease, person, session } from "./fixtures.ts";

/** Everything `principal` can reach of what ada wrote. */
async function seen(store: Store, principal: Principal) {
  const view = store.as(principal);
  return {
    session: (await view.sessions.get(session))?.key,
    sessions: (await view.sessions.list()).map(({ key }) => key),
    entries: (await view.transcript.read(session)).length,
    run: (await view.runs.get("run-a"))?.id,
    runs: (await view.runs.list(session)).map(({ id }) => id),
  };
}

const everything = { session, sessions: [session], entries: 1, run: "run-a", runs: ["run-a"] };
const nothing = { session: undefined, sessions: [], entries: 0, run: undefined, runs: [] };

const viewers: readonly (readonly [string, Principal, unknown])[] = [
  ["the owner of a session sees it", person("ada", ["read"]), everything],
  ["an admin of the tenant sees every session", person("root", ["admin"]), everything],
  ["somebody else sees nothing of a session", person("eve"), nothing],
  ["an owner without the read scope sees nothing", person("ada", ["approvals"]), nothing],
  ["a namesake of another tenant sees nothing", person("ada", ["write"], "elsewhere"), nothing],
  ["an admin of another tenant sees nothing", person("root", ["admin"], "elsewhere"), nothing],
];

export const wallCases: readonly StoreCase[] = [
  ...viewers.map(([name, principal, expected]) => ({
    name,
    async run({ store }: { readonly store: Store }) {
      await store.journal.accept(inbound("a"));
      deepEqual(await seen(store, principal), expected);
    },
  })),
  {
    name: "sessions are listed last used first, over all agents or of one, up to a limit",
    async run({ store }) {
      const other = { agent: "other", session: "agent:other:web:ada" };
      const second = { session: "agent:main:web:second" };
      await store.journal.accept(inbound("a"));
      await store.journal.accept(inbound("b", other));
      await store.journal.accept(inbound("c", second));
      await store.journal.accept(inbound("d", { ...second, session: "agent:main:web:eve", principal: person("eve") }));
      const { sessions } = store.as(person("ada"));
      const keys = async (options?: Parameters<typeof sessions.list>[0]) =>
        (await sessions.list(options)).map(({ key }) => key);
      deepEqual(new Set(await keys()), new Set([session, other.session, second.session]));
      deepEqual(await keys({ agent: "other" }), [other.session]);
      equal((await keys({ limit: 2 })).length, 2);
      deepEqual(await keys({ limit: 0 }), []);
      deepEqual(await keys({ limit: -1 }), []);
      const used = (await sessions.list()).map(({ updatedAt }) => updatedAt.getTime());
      deepEqual(
        used,
        used.toSorted((x, y) => y - x),
      );
    },
  },
  {
    name: "a transcript is read in pages from its end, oldest first",
    async run({ store }) {
      await store.journal.accept(inbound("a"));
      await store.journal.step(
        lease(),
        "run-a",
        Array.from({ length: 9 }, (_, n) => answer(`step ${n}`)),
      );
      const page = async (options: { readonly before?: number; readonly limit?: number }) =>
        (await store.as(person("ada")).transcript.read(session, options)).map(({ sequence }) => sequence);
      deepEqual(await page({ limit: 3 }), [8, 9, 10]);
      deepEqual(await page({ limit: 3, before: 8 }), [5, 6, 7]);
      deepEqual(await page({ before: 2 }), [1]);
      deepEqual(await page({ before: 1 }), []);
    },
  },
  {
    name: "runs are listed newest first, and what does not exist reads as absent",
    async run({ store }) {
      for (const id of ["a", "b", "c"]) await store.journal.accept(inbound(id));
      const { runs, sessions } = store.as(person("ada"));
      deepEqual(
        (await runs.list(session, { limit: 2 })).map(({ id }) => id),
        ["run-c", "run-b"],
      );
      equal(await runs.get("run-x"), undefined);
      equal(await sessions.get("agent:nobody:x"), undefined);
      deepEqual(await runs.list("agent:nobody:x"), []);
    },
  },
];
