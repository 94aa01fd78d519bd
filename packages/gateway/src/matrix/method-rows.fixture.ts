import type { MethodName, Params } from "@claw/protocol";
import type { Caller, Owned } from "./world.fixture.ts";

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

const NOBODY: Cells = { node: "scope", viewer: "scope", stranger: "scope", owner: "scope", admin: "scope" };

/** No scope is asked for. */
const ADMITTED: Cells = { node: "ok", viewer: "ok", stranger: "ok", owner: "ok", admin: "ok" };
const READERS: Cells = { ...ADMITTED, node: "scope" };
const WRITERS: Cells = { ...READERS, viewer: "scope" };
const ADMINS: Cells = { ...NOBODY, admin: "ok" };
/** Something of the owner's is looked at. */
const SEEN: Cells = { node: "scope", viewer: "absent", stranger: "absent", owner: "found", admin: "found" };
/** Something of the owner's is changed, by a method that says whether there was anything. */
const CHANGED: Cells = { node: "scope", viewer: "scope", stranger: "absent", owner: "found", admin: "found" };
/** The same, by a method that would make what does not exist, and so can't say that it does not. */
const ENTERED: Cells = { ...CHANGED, stranger: "denied" };

export interface Row {
  readonly cells: Cells;
  readonly params: (owned: Owned) => object;
  /** What only an answer to somebody who may see it holds; the text of the owner's messages unless it is said. */
  readonly shows: (owned: Owned) => string;
}

type Asked<Method extends MethodName> = Partial<Params<Method>> | ((owned: Owned) => Partial<Params<Method>>);
type Rows = { readonly [Method in MethodName]: Typed<Method> | readonly Typed<Method>[] };
type Typed<Method extends MethodName> = Row & { readonly params: (owned: Owned) => Partial<Params<Method>> };

function row<Method extends MethodName>(
  cells: Cells,
  asked: Asked<Method>,
  shows: (owned: Owned) => string = ({ secret }) => secret,
): Typed<Method> {
  return { cells, shows, params: typeof asked === "function" ? asked : () => asked };
}

const CHANGE = { raw: "{}", baseHash: "h" };
const APPROVERS: Cells = { ...NOBODY, owner: "ok", admin: "ok" };
/** What waits for an answer about something of the owner's. */
const ASKED: Cells = { ...NOBODY, owner: "found", admin: "found" };

const theApproval = ({ approval }: Owned): string => approval;
const theSession = ({ session }: Owned): string => session;
const theDevice = ({ device }: Owned): string => device;
const theRun = ({ run }: Owned): string => run;
const said = ({ fresh }: Owned) => ({ message: "hello", idempotencyKey: fresh });

export const methodRows: Rows = {
  health: row(ADMITTED, {}),
  status: row(READERS, {}),
  "system-presence": row(READERS, {}),
  "agents.list": row(READERS, {}),
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
    row(
      ENTERED,
      ({ idle, fresh }) => ({ name: "echo", args: { text: fresh }, sessionKey: idle }),
      ({ fresh }) => fresh,
    ),
  ],
  "config.get": row(READERS, {}),
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
  "usage.cost": row(READERS, {}),
  "usage.status": row(READERS, {}),
  "logs.tail": row({ ...READERS, viewer: "denied", stranger: "denied" }, {}),
  "safe-mode.off": row(ADMINS, {}),

  "sessions.list": row(SEEN, {}),
  "sessions.subscribe": row(READERS, {}),
  "sessions.describe": row(SEEN, ({ session }) => ({ key: session })),
  "sessions.get": row(SEEN, ({ session }) => ({ key: session })),
  "sessions.resolve": row(SEEN, ({ session }) => ({ key: session }), theSession),
  "sessions.preview": row(SEEN, ({ session }) => ({ keys: [session] })),
  "sessions.search": row(SEEN, ({ secret }) => ({ query: secret }), theSession),
  "sessions.messages.subscribe": row(READERS, ({ session }) => ({ key: session })),
  "sessions.messages.unsubscribe": row(READERS, ({ session }) => ({ key: session })),
  "sessions.usage": row(READERS, ({ session }) => ({ key: session })),
  "sessions.create": [
    row(WRITERS, ({ fresh }) => ({ key: `by-${fresh}` })),
    row(ENTERED, ({ session }) => ({ key: session })),
  ],
  "sessions.send": row(
    CHANGED,
    (owned) => ({ key: owned.session, ...said(owned) }),
    ({ fresh }) => fresh,
  ),
  "sessions.steer": row(
    CHANGED,
    (owned) => ({ key: owned.session, ...said(owned) }),
    ({ fresh }) => fresh,
  ),
  "sessions.abort": row(CHANGED, ({ session }) => ({ key: session }), theRun),
  "sessions.patch": [
    row(CHANGED, ({ session }) => ({ key: session, label: "seized" })),
    row(ADMINS, ({ session }) => ({ key: session, sendPolicy: "deny" })),
  ],
  "sessions.reset": row(ADMINS, ({ session }) => ({ key: session })),
  "sessions.delete": row(ADMINS, ({ idle }) => ({ key: idle })),

  "sessions.fork": row(
    CHANGED,
    ({ idle }) => ({ sessionKey: idle, entryId: `${idle}#1` }),
    () => "sessionKey",
  ),
  "sessions.rewind": row(ADMINS, ({ idle }) => ({ sessionKey: idle, entryId: `${idle}#1` })),
  "sessions.compact": row(ADMINS, ({ idle }) => ({ key: idle })),
  "chat.inject": row(ADMINS, ({ idle }) => ({ sessionKey: idle, message: "injected" })),

  "chat.send": row(
    ENTERED,
    (owned) => ({ sessionKey: owned.session, ...said(owned) }),
    ({ fresh }) => fresh,
  ),
  "chat.history": row(SEEN, ({ session }) => ({ sessionKey: session })),
  "chat.startup": row(SEEN, ({ session }) => ({ sessionKey: session })),
  "chat.message.get": row(SEEN, ({ session }) => ({ sessionKey: session, messageId: `${session}#1` })),
  "chat.abort": row(CHANGED, ({ session }) => ({ sessionKey: session }), theRun),
  agent: row(
    ENTERED,
    (owned) => ({ sessionKey: owned.idle, ...said(owned) }),
    ({ fresh }) => fresh,
  ),
  "agent.wait": [
    row(CHANGED, ({ run }) => ({ runId: run, timeoutMs: 0 }), theRun),
    row(
      CHANGED,
      ({ past }) => ({ runId: past }),
      ({ past }) => past,
    ),
  ],

  "exec.approval.get": row(ASKED, ({ approval }) => ({ id: approval }), theApproval),
  "exec.approval.list": row(ASKED, {}, theApproval),
  "exec.approval.request": row(APPROVERS, ({ fresh }) => ({ command: "ls", id: `asked-${fresh}`, twoPhase: true })),
  "exec.approval.waitDecision": row(ASKED, ({ approval }) => ({ id: approval, timeoutMs: 0 }), theApproval),
  "exec.approval.resolve": row(ASKED, ({ approval }) => ({ id: approval, decision: "deny" }), theApproval),
  "approval.get": row(ASKED, ({ approval }) => ({ id: approval }), theApproval),
  "approval.resolve": row(ASKED, ({ approval }) => ({ id: approval, decision: "allow-once" }), theApproval),
  "approval.history": row(ASKED, {}, theApproval),
  "plugin.approval.list": row(APPROVERS, {}),

  "runs.get": row(
    SEEN,
    ({ past }) => ({ runId: past }),
    ({ past }) => past,
  ),
  "runs.list": row(SEEN, ({ session }) => ({ sessionKey: session }), theRun),

  "device.pair.list": row(CHANGED, {}, theDevice),
  "device.pair.approve": row(CHANGED, ({ request }) => ({ requestId: request }), theDevice),
  "device.pair.reject": row(CHANGED, ({ request }) => ({ requestId: request }), theDevice),
  "device.pair.remove": row(CHANGED, ({ device }) => ({ deviceId: device }), theDevice),
  "device.pair.rename": row(CHANGED, ({ device }) => ({ deviceId: device, label: "seized" }), theDevice),
  "device.token.rotate": row(CHANGED, ({ device }) => ({ deviceId: device, role: "operator" }), theDevice),
  "device.token.revoke": row(CHANGED, ({ device }) => ({ deviceId: device, role: "operator" }), theDevice),
  "gateway.identity.get": row(READERS, {}),
};
