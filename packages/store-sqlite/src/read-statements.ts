import { and, desc, eq, lt, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/better-sqlite3";
import type { Client } from "./database.ts";
import { entries, runs, sessions } from "./schema.ts";
import { inTenant, owned, visible } from "./visible.ts";

const value = sql.placeholder;

/** What a principal asks of one agent's database, compiled once. Every one of them carries the wall. */
export function readStatements(client: Client) {
  const orm = drizzle(client);
  const session = {
    key: sessions.key,
    owner: sessions.owner,
    createdAt: sessions.createdAt,
    updatedAt: sessions.updatedAt,
    title: sessions.title,
  };
  const run = {
    id: runs.id,
    session: runs.session,
    state: runs.state,
    acceptedAt: runs.acceptedAt,
    endedAt: runs.endedAt,
    error: runs.error,
    timeline: runs.timeline,
  };
  // Apart, because an OR between them would keep SQLite from the index that has them in order.
  const sessionsWhere = (condition: SQL) =>
    orm
      .select(session)
      .from(sessions)
      .where(condition)
      .orderBy(desc(sessions.updatedAt))
      .limit(value("limit"))
      .prepare();
  const visibleRuns = () => orm.select(run).from(runs).innerJoin(sessions, eq(sessions.key, runs.session)).$dynamic();
  return {
    session: orm
      .select(session)
      .from(sessions)
      .where(and(eq(sessions.key, value("key")), visible))
      .prepare(),
    ownSessions: sessionsWhere(owned),
    tenantSessions: sessionsWhere(inTenant),
    entriesBefore: orm
      .select({
        session: entries.session,
        sequence: entries.sequence,
        run: entries.run,
        at: entries.at,
        provenance: entries.provenance,
        message: entries.message,
      })
      .from(entries)
      .innerJoin(sessions, eq(sessions.key, entries.session))
      .where(and(eq(entries.session, value("session")), lt(entries.sequence, value("before")), visible))
      .orderBy(desc(entries.sequence))
      .limit(value("limit"))
      .prepare(),
    run: visibleRuns()
      .where(and(eq(runs.id, value("id")), visible))
      .prepare(),
    runsOf: visibleRuns()
      .where(and(eq(runs.session, value("session")), visible))
      .orderBy(desc(runs.number))
      .limit(value("limit"))
      .prepare(),
  };
}
