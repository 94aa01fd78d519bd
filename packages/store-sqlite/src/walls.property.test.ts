import type { Access, Principal, Scope } from "@claw/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type SqliteStore, sqliteStore } from "./sqlite-store.ts";
import { answer, inbound } from "./testing/fixtures.ts";
import { stateDirectory } from "./testing/state-directory.ts";

interface Row {
  readonly tenant: string;
  readonly owner: string;
  readonly members: Map<string, Access>;
  label: string | undefined;
  messages: number;
}

/** What the store must be like, by key. */
type Model = Map<string, Row>;

const KEYS = ["agent:one:a", "agent:one:a", "agent:one:b", "agent:two:a"] as const;
const NAMES = ["ada", "bob", "eve"] as const;
const SCOPES: readonly (readonly Scope[])[] = [
  ["write"],
  ["write"],
  ["write"],
  ["read"],
  ["admin"],
  ["approvals", "node"],
];

const key: fc.Arbitrary<string> = fc.constantFrom(...KEYS);
const principal = fc
  .record({
    id: fc.constantFrom(...NAMES),
    scopes: fc.constantFrom(...SCOPES),
    tenant: fc.constantFrom("local", "local", "local", "local", "other"),
  })
  .map((who): Principal => ({ ...who, kind: "user", credential: "test" }));
const action = fc.oneof(
  fc.record({ act: fc.constant("say" as const) }),
  fc.record({ act: fc.constantFrom("create", "reset", "delete", "look" as const) }),
  fc.record({ act: fc.constant("label" as const), label: fc.string({ minLength: 1, maxLength: 3 }) }),
  fc.record({
    act: fc.constant("share" as const),
    id: fc.constantFrom(...NAMES),
    access: fc.constantFrom("read", "write" as const),
  }),
  fc.record({ act: fc.constant("unshare" as const), id: fc.constantFrom(...NAMES) }),
);
const step = fc.record({ key, principal, action });
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

type Reach = "none" | Access | "manage";

/** The wall, said once more and in other words. */
function reachOf(row: Row | undefined, { id, tenant, scopes }: Principal): Reach {
  if (row === undefined || row.tenant !== tenant) return "none";
  if (scopes.includes("admin") || row.owner === id) return "manage";
  return row.members.get(id) ?? "none";
}

const reads = ({ scopes }: Principal) => ["read", "write", "admin"].some((scope) => scopes.includes(scope as Scope));
const writes = ({ scopes }: Principal) => ["write", "admin"].some((scope) => scopes.includes(scope as Scope));

/** Does one thing to both, and compares what came of it. */
async function take(store: SqliteStore, model: Model, { key, principal, action }: Step, count: number): Promise<void> {
  const row = model.get(key);
  const reach = reachOf(row, principal);
  const { sessions } = store.as(principal);
  const fresh = (): Row => ({
    tenant: principal.tenant,
    owner: principal.id,
    members: new Map(),
    label: undefined,
    messages: 0,
  });
  const enters = row === undefined || reach === "write" || reach === "manage";
  const manages = reach === "manage" && writes(principal);
  switch (action.act) {
    case "say": {
      // The scopes for saying are the policy's to ask for; the store asks whose session it is.
      const message = { ...inbound(`${count}`), session: key, agent: key.split(":")[1] ?? "", principal };
      expect(await succeeds(store.journal.accept(message))).toBe(enters);
      if (!enters) return;
      const said = row ?? fresh();
      said.messages += 2;
      model.set(key, said);
      const lease = { key, fence: 1n, lost: new AbortController().signal, async [Symbol.asyncDispose]() {} };
      const end = { reason: "done", entries: [answer("so be it")], outbound: [], timeline: [] } as const;
      return store.journal.finish(lease, message.run, end);
    }
    case "create":
      expect(await succeeds(sessions.create(key))).toBe(enters && writes(principal));
      if (enters && writes(principal) && row === undefined) model.set(key, fresh());
      return;
    case "label":
      expect((await sessions.label(key, action.label)) !== undefined).toBe(
        row !== undefined && enters && writes(principal),
      );
      if (row !== undefined && enters && writes(principal)) row.label = action.label;
      return;
    case "reset":
      expect((await sessions.reset(key)) !== undefined).toBe(manages);
      return;
    case "delete":
      expect(await sessions.delete(key)).toBe(manages);
      if (manages) model.delete(key);
      return;
    case "share":
      expect(await sessions.share(key, action)).toBe(manages);
      if (manages && action.id !== row?.owner) row?.members.set(action.id, action.access);
      return;
    case "unshare":
      expect(await sessions.unshare(key, action.id)).toBe(manages && row?.members.has(action.id) === true);
      if (manages) row?.members.delete(action.id);
      return;
    case "look":
      return look(store, model, principal);
  }
}

/** Everything that one can see is what one may. */
async function look(store: SqliteStore, model: Model, principal: Principal): Promise<void> {
  const { sessions, transcript, runs } = store.as(principal);
  const mine = [...model].filter(([, row]) => reads(principal) && reachOf(row, principal) !== "none");
  const seen = await sessions.list();
  expect(new Map(seen.map((session) => [session.key, session.label]))).toEqual(
    new Map(mine.map(([key, { label }]) => [key, label])),
  );
  const hits = await transcript.search("so be it");
  expect(new Set(hits.map(({ entry }) => entry.session))).toEqual(
    new Set(mine.filter(([, { messages }]) => messages > 0).map(([key]) => key)),
  );
  for (const key of model.keys()) {
    const row = mine.find(([one]) => one === key)?.[1];
    expect((await transcript.read(key)).length).toBe(row?.messages ?? 0);
    expect((await runs.list(key)).length).toBe((row?.messages ?? 0) / 2);
    expect((await sessions.get(key))?.owner).toBe(row?.owner);
    expect(await sessions.members(key)).toEqual(
      row && [...row.members].map(([id, access]) => ({ id, access })).toSorted((a, b) => (a.id < b.id ? -1 : 1)),
    );
  }
}

const succeeds = (call: Promise<unknown>) =>
  call.then(
    () => true,
    () => false,
  );

/** The same step in a world of its own, so that many can share one store. */
const within = (world: number, { key, principal, action }: Step): Step => ({
  key: `${key}-${world}`,
  principal: { ...principal, tenant: `${principal.tenant}-${world}` },
  action,
});

test("whatever people do, nobody reads or changes a row outside the wall", async () => {
  using directory = stateDirectory();
  await using store = sqliteStore({ stateDir: directory.path });
  let world = 0;
  let count = 0;
  const everybody = NAMES.flatMap((id) =>
    SCOPES.flatMap((scopes) =>
      ["local", "other"].map((tenant): Principal => ({ id, scopes, tenant, kind: "user", credential: "test" })),
    ),
  );
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 20, maxLength: 60 }), async (steps) => {
      world += 1;
      const model: Model = new Map();
      for (const one of steps) await take(store, model, within(world, one), ++count);
      for (const principal of everybody) {
        await look(store, model, within(world, { key: "", principal, action: { act: "look" } }).principal);
      }
    }),
    { numRuns: 60 },
  );
});
