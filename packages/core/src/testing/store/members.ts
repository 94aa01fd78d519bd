import { deepEqual, equal } from "node:assert/strict";
import type { Principal } from "../../principal.ts";
import type { Member, Store } from "../../store.ts";
import type { StoreCase } from "./case.ts";
import { ada, answer, done, inbound, lease, person, rejectsWith, session } from "./fixtures.ts";

const bob = person("bob");
const reader: Member = { id: "bob", access: "read" };
const writer: Member = { id: "bob", access: "write" };
const root = person("root", ["admin"]);
const foreignRoot = person("root", ["admin"], "elsewhere");
const foreignBob = person("bob", ["write"], "elsewhere");

/** What `principal` can do with ada's session, from nothing at all upwards. */
async function reach(store: Store, principal: Principal): Promise<readonly string[]> {
  const view = store.as(principal);
  const tries: readonly (readonly [string, boolean])[] = [
    ["get", (await view.sessions.get(session)) !== undefined],
    ["list", (await view.sessions.list()).length === 1],
    ["read", (await view.transcript.read(session)).length === 2],
    ["since reset", (await view.transcript.sinceReset(session)).length === 2],
    ["search", (await view.transcript.search("said")).length === 1],
    ["run", (await view.runs.get("run-a")) !== undefined],
    ["runs", (await view.runs.list(session)).length === 1],
    ["members", (await view.sessions.members(session)) !== undefined],
    ["label", (await view.sessions.label(session, `${principal.id}'s`)) !== undefined],
    [
      "create",
      await view.sessions.create(session).then(
        () => true,
        () => false,
      ),
    ],
    ["share", await view.sessions.share(session, { id: "eve", access: "read" })],
    ["unshare", await view.sessions.unshare(session, "eve")],
    ["reset", (await view.sessions.reset(session)) !== undefined],
  ];
  return tries.filter(([, reached]) => reached).map(([name]) => name);
}

const reading = ["get", "list", "read", "since reset", "search", "run", "runs", "members"];
const writing = [...reading, "label", "create"];
const managing = [...writing, "share", "unshare", "reset"];

const reaches: readonly (readonly [string, Principal, Member | undefined, readonly string[]])[] = [
  ["the owner of a session manages it", ada, undefined, managing],
  ["an admin of the tenant manages it", root, undefined, managing],
  ["whoever was let in to read reads it", bob, reader, reading],
  ["whoever was let in to write writes to it, and shares nothing", bob, writer, writing],
  ["whoever was let in to write and has the scope to read alone reads it", person("bob", ["read"]), writer, reading],
  ["whoever was let in and has no scope to read reaches nothing", person("bob", ["approvals"]), writer, []],
  ["whoever was not let in reaches nothing", person("eve"), writer, []],
  ["a namesake of a member in another tenant reaches nothing", foreignBob, writer, []],
  ["an admin of another tenant reaches nothing", foreignRoot, writer, []],
];

async function converse(store: Store): Promise<void> {
  await store.journal.accept(inbound("a"));
  await store.journal.finish(lease(), "run-a", { ...done, entries: [answer("said")] });
}

export const memberCases: readonly StoreCase[] = [
  ...reaches.map(([name, principal, member, expected]) => ({
    name,
    async run({ store }: { readonly store: Store }) {
      await converse(store);
      if (member !== undefined) equal(await store.as(ada).sessions.share(session, member), true);
      deepEqual(await reach(store, principal), expected);
    },
  })),
  {
    name: "members last over a restart, each once, and go with their session",
    async run({ store, reopen }) {
      await converse(store);
      const { sessions } = store.as(ada);
      await sessions.share(session, reader);
      await sessions.share(session, writer);
      await sessions.share(session, { id: "ada", access: "read" });
      const again = await reopen();
      deepEqual(await again.as(ada).sessions.members(session), [writer]);
      deepEqual(await again.journal.audience(session), { tenant: "local", owner: "ada", members: [writer] });
      equal((await again.as(ada).sessions.get(session))?.access, "manage");
      equal((await again.as(bob).sessions.get(session))?.access, "write");
      deepEqual(
        (await again.as(bob).sessions.list()).map(({ owner, access }) => [owner, access]),
        [["ada", "write"]],
      );
      equal(await again.as(bob).sessions.delete(session), false);
      equal(await again.as(ada).sessions.delete(session), true);
      equal(await again.journal.audience(session), undefined);
      await again.journal.accept(inbound("b"));
      deepEqual(await again.as(ada).sessions.members(session), []);
    },
  },
  {
    name: "sessions are counted by owner, over all agents, as far as one may see them",
    async run({ store }) {
      await converse(store);
      await store.journal.accept(inbound("b", { agent: "other", session: "agent:other:web:ada" }));
      await store.journal.accept(inbound("c", { principal: bob, session: "agent:main:web:bob" }));
      await store.as(ada).sessions.share(session, reader);
      const counted = async (principal: Principal) =>
        [...(await store.as(principal).sessions.countByOwner())].toSorted(([x], [y]) => (x < y ? -1 : 1));
      deepEqual(await counted(ada), [["ada", 2]]);
      deepEqual(await counted(bob), [
        ["ada", 1],
        ["bob", 1],
      ]);
      deepEqual(await counted(root), [
        ["ada", 2],
        ["bob", 1],
      ]);
      deepEqual(await counted(foreignRoot), []);
      deepEqual(await counted(person("ada", [])), []);
    },
  },
  {
    name: "a member who was removed reaches nothing any more, and there is nothing to remove twice",
    async run({ store }) {
      await converse(store);
      const { sessions } = store.as(ada);
      await sessions.share(session, writer);
      equal(await sessions.unshare(session, "bob"), true);
      equal(await sessions.unshare(session, "bob"), false);
      deepEqual(await reach(store, bob), []);
      await rejectsWith("STORE_FORBIDDEN", store.journal.accept(inbound("b", { principal: bob })));
    },
  },
  {
    name: "a message is accepted of who was let in to write, and its repeats are theirs to ask for",
    async run({ store }) {
      await converse(store);
      const { sessions } = store.as(ada);
      await sessions.share(session, reader);
      const message = inbound("b", { principal: bob });
      await rejectsWith("STORE_FORBIDDEN", store.journal.accept(message));
      await sessions.share(session, writer);
      deepEqual(await store.journal.accept(message), { run: "run-b", repeat: false, sequence: 3 });
      deepEqual(await store.journal.accept(message), { run: "run-b", repeat: true, sequence: 3 });
      await rejectsWith("STORE_FORBIDDEN", store.journal.accept(inbound("b", { principal: person("eve") })));
      equal((await store.as(ada).sessions.get(session))?.owner, "ada");
    },
  },
  {
    name: "sharing what does not exist makes nothing",
    async run({ store }) {
      const { sessions } = store.as(ada);
      equal(await sessions.share("agent:main:none", reader), false);
      equal(await sessions.unshare("agent:main:none", "bob"), false);
      equal(await sessions.members("agent:main:none"), undefined);
      equal(await store.journal.audience("agent:main:none"), undefined);
      equal(await sessions.get("agent:main:none"), undefined);
    },
  },
  {
    name: "whoever speaks in a group is a member of its session, and nobody else is",
    async run({ store }) {
      const group = "group:fake:bot:1";
      await store.journal.accept(inbound("a", { group }));
      await store.journal.accept(inbound("b", { group, principal: bob }));
      const { sequence } = await store.journal.accept(inbound("c", { group, principal: bob }));
      equal(sequence, 3);
      equal((await store.as(ada).sessions.get(session))?.owner, group);
      deepEqual(await store.as(bob).sessions.members(session), [
        { id: "ada", access: "write" },
        { id: "bob", access: "write" },
      ]);
      equal((await store.as(bob).transcript.read(session)).length, 3);
      equal(await store.as(person("eve")).sessions.get(session), undefined);
      equal(await store.as(bob).sessions.share(session, { id: "eve", access: "read" }), false);
    },
  },
  {
    name: "a message that may not open a session is taken where it may be written, and nowhere else",
    run: async ({ store }) => {
      await rejectsWith("STORE_FORBIDDEN", store.journal.accept(inbound("a", { opens: false })));
      equal(await store.as(ada).sessions.get(session), undefined);
      await store.journal.accept(inbound("b"));
      await rejectsWith("STORE_FORBIDDEN", store.journal.accept(inbound("c", { opens: false, principal: bob })));
      equal((await store.journal.accept(inbound("d", { opens: false }))).sequence, 2);
    },
  },
  {
    name: "a group does not come into a session that is a person's or another group's",
    async run({ store }) {
      await store.journal.accept(inbound("a"));
      const group = "group:fake:bot:1";
      await rejectsWith("STORE_FORBIDDEN", store.journal.accept(inbound("b", { group, principal: bob })));
      equal((await store.as(ada).sessions.members(session))?.length, 0);
      const other = "agent:main:fake:group:2";
      await store.journal.accept(inbound("c", { group, session: other, principal: bob }));
      const stranger = inbound("d", { group: "group:fake:bot:2", session: other, principal: person("eve") });
      await rejectsWith("STORE_FORBIDDEN", store.journal.accept(stranger));
    },
  },
];
