import { randomUUID } from "node:crypto";
import {
  type AskLedger,
  ClawError,
  type Clock,
  hasScope,
  type NewApproval,
  type NewAsk,
  type OwnAsks,
  type Principal,
} from "@claw/core";
import type { AgentDatabases } from "./agent-databases.ts";
import { type AskKind, approvalKind } from "./ask-kinds.ts";
import type { AskStatements } from "./ask-statements.ts";
import type { Database } from "./database.ts";
import { editorOf, type Viewer, viewerOf } from "./visible.ts";

/** State that is opened at its first use. */
export interface AskDatabase {
  readonly database: Database;
  readonly statements: AskStatements;
}

/** The most rows one call returns, whatever it asks for. */
const MAX_ROWS = 1_000;

export function sqliteAsks<New extends NewAsk, One, Answer>(
  open: () => AskDatabase,
  { kind, subject, written, read }: AskKind<New, One, Answer>,
  clock: Clock,
): AskLedger<New, One> {
  return {
    async request(ask) {
      const { id = randomUUID(), principal, run, call, agent, session, digest, expiresAt } = ask;
      const { database, statements } = open();
      return database.write(() => {
        const before = run === undefined ? undefined : statements.ofCall.get({ kind, run, call, digest });
        if (before !== undefined) return read(before);
        const { id: owner, tenant } = principal;
        const row = statements.insert.get({
          ...{ id, kind, owner, tenant, agent, session, digest, expiresAt },
          ...{ run: run ?? null, call: call ?? null, subject: subject(ask), now: clock.now() },
        });
        if (row === undefined) throw new ClawError("STORE_CONFLICT", `something is asked under the id ${id} already`);
        return read(row);
      });
    },
    async pending() {
      const { database, statements } = open();
      return database.read(() => statements.waiting.all({ kind })).map(read);
    },
    async close(id) {
      const { database, statements } = open();
      return database.write(() => {
        statements.answer.run({ id, kind, answer: written(undefined), by: null, now: clock.now() });
        const row = statements.byId.get({ id, kind });
        if (row === undefined) throw new ClawError("STORE_NOT_FOUND", `there is no ${kind} ${id}`);
        return read(row);
      });
    },
    async forget(before) {
      const { database, statements } = open();
      return database.write(() => statements.forget.run({ kind, before }).changes);
    },
  };
}

export async function sqliteGrant(
  open: () => AskDatabase,
  { principal, session, digest }: Pick<NewApproval, "principal" | "session" | "digest">,
) {
  const { database, statements } = open();
  const { tenant, id: owner } = principal;
  const row = database.read(() => statements.granted.get({ tenant, owner, session, digest }));
  return row && approvalKind.read(row);
}

/** What `principal` may see and answer of one kind. The statements hold the wall. */
export function ownAsks<New extends NewAsk, One, Answer>(
  open: () => AskDatabase,
  agents: AgentDatabases,
  { kind, scope, written, read }: AskKind<New, One, Answer>,
  principal: Principal,
  clock: Clock,
): OwnAsks<One, Answer> {
  /** Who may answer sees what there is to answer, without the read scope as well. */
  const seer = (viewer: Viewer) => {
    const { tenant } = principal;
    const asking: Viewer = hasScope(principal, scope) ? { ...viewer, tenant } : viewer;
    return { ...asking, kind, sessions: JSON.stringify(sharedSessions(agents, asking)) };
  };
  return {
    async get(id) {
      const { database, statements } = open();
      const row = database.read(() => statements.visible.get({ id, ...seer(viewerOf(principal)) }));
      return row && read(row);
    },
    async list({ pending = false, limit = 100 } = {}) {
      const { database, statements } = open();
      const statement = pending ? statements.pending : statements.list;
      const rows = Math.max(0, Math.min(Math.trunc(limit) || 0, MAX_ROWS));
      return database.read(() => statement.all({ limit: rows, ...seer(viewerOf(principal)) })).map(read);
    },
    async answer(id, answer) {
      if (principal.kind === "agent" || !hasScope(principal, scope)) {
        throw new ClawError("STORE_FORBIDDEN", `${principal.id} may not answer what is asked`);
      }
      const { database, statements } = open();
      return database.write(() => {
        const wall = seer(editorOf(principal));
        const before = statements.visible.get({ id, ...wall });
        if (before === undefined) return undefined;
        const first = before.answeredAt === null;
        if (first) statements.answer.run({ id, kind, answer: written(answer), by: principal.id, now: clock.now() });
        const after = first ? statements.visible.get({ id, ...wall }) : before;
        return { asked: read(after ?? before), first };
      });
    },
  };
}

/** The sessions that are the viewer's together with others, and those of others they were let into, as far as `access` asks. */
function sharedSessions(agents: AgentDatabases, viewer: Viewer): readonly string[] {
  if (viewer.admin) return [];
  return agents
    .all()
    .flatMap(({ read, members }) =>
      read(() => [members.entered, members.shared].flatMap((statement) => statement.all({ ...viewer }))).map(
        ({ key }) => key,
      ),
    );
}
