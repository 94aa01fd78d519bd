import type { MethodName, Params } from "@claw/protocol";
import { asking, CALLERS, type Caller, type Owned } from "./world.fixture.ts";

/*
 * Who may call what. Every method of the protocol has a row; one without does not compile.
 *
 * To add one, say what it asks and of which class it is:
 *   "things.list": row(READERS, {}),                                    the same for everybody who may read
 *   "things.get": row(SEEN, ({ session }) => ({ key: session })),       something of the owner's, looked at
 *   "things.set": row(CHANGED, …),                                      something of the owner's, changed
 *   "things.purge": row(ADMINS, …),                                     for admins alone
 * A method whose params decide who may call it has a list of rows. What a row asks about is made by `own()` in
 * world.fixture.ts; a new kind of thing is made there, and added to `stateOf`, by which a refused call is known to
 * have changed nothing.
 */

/**
 * `ok`: answered. `found`: answered, with what `shows` names. `scope`: refused for a missing scope. `denied`: refused
 * because it is not the caller's. `absent`: answered as if it did not exist.
 */
export type Cell = "ok" | "found" | "scope" | "denied" | "absent";
type Cells = Readonly<Record<Caller, Cell>>;

const all = (cell: Cell): Cells => Object.fromEntries(CALLERS.map((caller) => [caller, cell])) as Record<Caller, Cell>;

/** No scope is asked for. */
const ADMITTED: Cells = all("ok");
const READERS: Cells = { ...ADMITTED, node: "scope" };
const WRITERS: Cells = { ...READERS, viewer: "scope" };
const ADMINS: Cells = { ...all("scope"), admin: "ok" };
/** Something of the owner's is looked at. */
const SEEN: Cells = { ...all("found"), node: "scope", viewer: "absent", stranger: "absent" };
/** The same, by a method that the scope to read is not enough for. */
const WATCHED: Cells = { ...SEEN, viewer: "scope" };
/** Something of the owner's is changed, by a method that says whether there was anything. */
const CHANGED: Cells = { ...WATCHED, reader: "absent" };
/** What comes of it bears a name of its own. */
const FORKED: Cells = { ...CHANGED, reader: "denied", writer: "ok", owner: "ok", admin: "ok" };
/** Something is said in a session that must exist. */
const SAID: Cells = { ...WATCHED, reader: "denied" };
/** The same, in one that would be made if it did not exist: nobody is told that it does not. */
const ENTERED: Cells = { ...SAID, stranger: "denied" };
/** Something of the owner's that is theirs to share. */
const SHARED: Cells = { ...SAID, writer: "denied" };

/** The same, for whose it is and for admins. */
const MANAGED: Cells = { ...all("scope"), stranger: "absent", owner: "ok", admin: "ok" };
/** What is found bears no name. */
const WAITED: Cells = { ...WATCHED, reader: "ok", writer: "ok", owner: "ok", admin: "ok" };

/** For those who may approve. */
const APPROVERS: Cells = { ...all("scope"), owner: "ok", admin: "ok" };
/** What waits for an answer about something of the owner's. */
const ASKED: Cells = { ...APPROVERS, owner: "found", admin: "found" };
/** For the gateway's own owner, whom the caller of that name is, and for admins: a scope alone does not open it. */
const OWNER: Cells = { ...all("denied"), node: "scope", owner: "ok", admin: "ok" };
/** A device of the owner's, for those who may pair. */
const PAIRED: Cells = { ...all("scope"), stranger: "absent", owner: "found", admin: "found" };

export interface Row {
  readonly cells: Cells;
  readonly params: (owned: Owned) => object;
  /** What an answer holds that was `found`. */
  readonly shows: keyof Owned;
}

type Asked<Method extends MethodName> = Partial<Params<Method>> | ((owned: Owned) => Partial<Params<Method>>);
type Rows = { readonly [Method in MethodName]: Typed<Method> | readonly Typed<Method>[] };
type Typed<Method extends MethodName> = Row & { readonly params: (owned: Owned) => Partial<Params<Method>> };

function row<Method extends MethodName>(
  cells: Cells,
  asked: Asked<Method>,
  shows: keyof Owned = "secret",
): Typed<Method> {
  return { cells, shows, params: typeof asked === "function" ? asked : () => asked };
}

const CHANGE = { raw: "{}", baseHash: "h" };
const said = ({ fresh }: Owned) => ({ message: "hello", idempotencyKey: fresh });

export const methodRows: Rows = {
  health: row(ADMITTED, {}),
  status: row(READERS, {}),
  "system-presence": row(READERS, {}),
  "agents.list": row(READERS, {}),
  "agents.create": row(ADMINS, { agentId: "third" }),
  "agents.update": row(ADMINS, { agentId: "second", description: "changed" }),
  "agents.delete": row(ADMINS, { agentId: "second" }),
  "agents.files.list": row(READERS, { agentId: "main" }),
  "agents.files.get": row(READERS, { agentId: "main", name: "SOUL.md" }),
  "agents.files.set": row(ADMINS, { agentId: "main", name: "SOUL.md", content: "kind" }),
  "models.list": row(READERS, {}),
  "models.authStatus": row(READERS, {}),
  "models.probe": row(ADMINS, {}),
  "tools.catalog": row(READERS, {}),
  "tools.effective": row(READERS, {}),
  "tools.invoke": [
    row(WRITERS, ({ fresh }) => ({ name: "echo", args: { text: "hey" }, sessionKey: `by-${fresh}` })),
    row(ENTERED, ({ idle, fresh }) => ({ name: "echo", args: { text: fresh }, sessionKey: idle }), "fresh"),
  ],
  "config.get": row(READERS, {}),
  send: row(WRITERS, ({ fresh }) => ({ channel: "hooked", to: "ada", message: "hello", idempotencyKey: fresh })),
  "commands.list": row(READERS, {}),
  "chat.metadata": row(READERS, {}),
  "agent.identity.get": row(READERS, {}),
  "config.schema": row(READERS, {}),
  "config.schema.lookup": row(READERS, { path: "gateway" }),
  "config.set": row(ADMINS, CHANGE),
  "config.apply": row(ADMINS, CHANGE),
  "config.patch": row(ADMINS, CHANGE),
  "secrets.reload": row(ADMINS, {}),
  "sandbox.status": row(READERS, {}),
  "sandbox.explain": row(READERS, {}),
  "sandbox.list": row(ADMINS, {}),
  "sandbox.recreate": row(ADMINS, {}),
  "sandbox.prune": row(ADMINS, {}),
  "usage.cost": row(READERS, {}),
  "usage.status": row(READERS, {}),
  "safe-mode.off": row(ADMINS, {}),
  "logs.tail": row(OWNER, {}),
  "users.list": row(READERS, {}),

  "sessions.list": row(SEEN, {}),
  "sessions.subscribe": row(READERS, {}),
  "sessions.describe": row(SEEN, ({ session }) => ({ key: session })),
  "sessions.get": row(SEEN, ({ session }) => ({ key: session })),
  "sessions.resolve": row(SEEN, ({ session }) => ({ key: session }), "session"),
  "sessions.preview": row(SEEN, ({ session }) => ({ keys: [session] })),
  "sessions.search": row(SEEN, ({ secret }) => ({ query: secret }), "session"),
  "sessions.messages.subscribe": row(READERS, ({ session }) => ({ key: session })),
  "sessions.messages.unsubscribe": row(READERS, ({ session }) => ({ key: session })),
  "sessions.usage": row(READERS, ({ session }) => ({ key: session })),
  "sessions.create": [
    row(WRITERS, ({ fresh }) => ({ key: `by-${fresh}` })),
    row(ENTERED, ({ session }) => ({ key: session })),
  ],
  "sessions.send": row(SAID, (owned) => ({ key: owned.session, ...said(owned) }), "fresh"),
  "sessions.steer": row(SAID, (owned) => ({ key: owned.session, ...said(owned) }), "fresh"),
  "sessions.abort": row(CHANGED, ({ session }) => ({ key: session }), "run"),
  "sessions.patch": [
    row(CHANGED, ({ session }) => ({ key: session, label: "seized" })),
    row(ADMINS, ({ session }) => ({ key: session, sendPolicy: "deny" })),
  ],
  "sessions.reset": row(MANAGED, ({ session }) => ({ key: session })),
  "sessions.delete": row(ADMINS, ({ idle }) => ({ key: idle })),
  "session.members.list": row(SEEN, ({ session }) => ({ sessionKey: session }), "session"),
  "session.members.add": row(SHARED, ({ idle, fresh }) => ({ sessionKey: idle, memberId: fresh }), "fresh"),
  "session.members.remove": row(SHARED, ({ idle }) => ({ sessionKey: idle, memberId: "writer" }), "idle"),

  "sessions.fork": row(FORKED, ({ idle }) => ({ sessionKey: idle, entryId: `${idle}#1` })),
  "sessions.rewind": row(ADMINS, ({ idle }) => ({ sessionKey: idle, entryId: `${idle}#1` })),
  "sessions.compact": row(ADMINS, ({ idle }) => ({ key: idle })),
  "chat.inject": row(ADMINS, ({ idle }) => ({ sessionKey: idle, message: "injected" })),

  "chat.send": row(ENTERED, (owned) => ({ sessionKey: owned.session, ...said(owned) }), "fresh"),
  "chat.history": row(SEEN, ({ session }) => ({ sessionKey: session })),
  "chat.startup": row(SEEN, ({ session }) => ({ sessionKey: session })),
  "chat.message.get": row(SEEN, ({ session }) => ({ sessionKey: session, messageId: `${session}#1` })),
  "chat.abort": row(CHANGED, ({ session }) => ({ sessionKey: session }), "run"),
  agent: row(ENTERED, (owned) => ({ sessionKey: owned.idle, ...said(owned) }), "fresh"),
  "agent.wait": [
    row(WATCHED, ({ run }) => ({ runId: run, timeoutMs: 0 }), "run"),
    row(WATCHED, ({ past }) => ({ runId: past }), "past"),
  ],

  "exec.approval.get": row(ASKED, ({ approval }) => ({ id: approval }), "approval"),
  "exec.approval.list": row(ASKED, {}, "approval"),
  "exec.approval.request": row(APPROVERS, ({ fresh }) => ({ command: "ls", id: `asked-${fresh}`, twoPhase: true })),
  "exec.approval.waitDecision": row(ASKED, ({ approval }) => ({ id: approval, timeoutMs: 0 }), "approval"),
  "exec.approval.resolve": row(ASKED, ({ approval }) => ({ id: approval, decision: "deny" }), "approval"),
  "approval.get": row(ASKED, ({ approval }) => ({ id: approval }), "approval"),
  "approval.resolve": row(ASKED, ({ approval }) => ({ id: approval, decision: "allow-once" }), "approval"),
  "approval.history": row(ASKED, {}, "approval"),
  "plugin.approval.list": row(APPROVERS, {}),

  "question.request": row(SAID, ({ idle, fresh }) => ({ ...asking(fresh), sessionKey: idle }), "fresh"),
  "question.waitAnswer": row(WAITED, ({ question }) => ({ id: question, timeoutMs: 1 })),
  "question.resolve": row(
    CHANGED,
    ({ question, fresh }) => ({ id: question, answers: { answers: { what: [fresh] } } }),
    "fresh",
  ),
  "question.get": row(WATCHED, ({ question }) => ({ id: question }), "question"),
  "question.list": row(WATCHED, {}, "question"),

  "runs.get": row(SEEN, ({ past }) => ({ runId: past }), "past"),
  "runs.list": row(SEEN, ({ session }) => ({ sessionKey: session }), "run"),

  "device.pair.list": row(PAIRED, {}, "device"),
  "device.pair.approve": row(PAIRED, ({ request }) => ({ requestId: request }), "device"),
  "device.pair.reject": row(PAIRED, ({ request }) => ({ requestId: request }), "device"),
  "device.pair.remove": row(PAIRED, ({ device }) => ({ deviceId: device }), "device"),
  "device.pair.rename": row(PAIRED, ({ device }) => ({ deviceId: device, label: "seized" }), "device"),
  "device.token.rotate": row(PAIRED, ({ device }) => ({ deviceId: device, role: "operator" }), "device"),
  "device.token.revoke": row(PAIRED, ({ device }) => ({ deviceId: device, role: "operator" }), "device"),
  "gateway.identity.get": row(READERS, {}),
};
