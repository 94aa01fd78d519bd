import { and, count, desc, eq, gt, lt, or, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/better-sqlite3";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { Client } from "./database.ts";
import { entries, members, runs, sessions, usage } from "./schema.ts";
import { access, inTenant, owned, visible } from "./visible.ts";

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
    label: sessions.label,
    settings: sessions.settings,
    inputTokens: sessions.inputTokens,
    outputTokens: sessions.outputTokens,
    cacheReadTokens: sessions.cacheReadTokens,
    cacheWriteTokens: sessions.cacheWriteTokens,
    contextTokens: sessions.contextTokens,
    access,
  };
  const run = {
    id: runs.id,
    session: runs.session,
    state: runs.state,
    acceptedAt: runs.acceptedAt,
    endedAt: runs.endedAt,
    error: runs.error,
    answeredBy: runs.answeredBy,
    timeline: runs.timeline,
  };
  const isArchived = sql`coalesce(${sessions.settings} ->> '$.archived', 0)`;
  const archivedAsAsked = sql`(${value("archived")} is null or ${isArchived} = ${value("archived")})`;
  // Apart, because an OR between them would keep SQLite from the index that has them in order.
  const sessionsWhere = (condition: SQL) =>
    orm
      .select(session)
      .from(sessions)
      .where(and(condition, archivedAsAsked))
      .orderBy(desc(sessions.updatedAt))
      .limit(value("limit"))
      .prepare();
  const visibleRuns = () => orm.select(run).from(runs).innerJoin(sessions, eq(sessions.key, runs.session)).$dynamic();
  const entry = {
    session: entries.session,
    sequence: entries.sequence,
    run: entries.run,
    at: entries.at,
    provenance: entries.provenance,
    message: entries.message,
    superseded: entries.superseded,
    joined: entries.joined,
  };
  const visibleEntries = () =>
    orm.select(entry).from(entries).innerJoin(sessions, eq(sessions.key, entries.session)).$dynamic();
  const day = sql<string>`strftime('%Y-%m-%d', ${usage.at} / 1000, 'unixepoch')`;
  const total = (column: SQLiteColumn) => sql<number>`sum(${column})`;
  const inPart = sql`${entries}.rowid > ${value("after")} and ${entries}.rowid <= ${value("upTo")}`;
  const saidBySomebody = sql`${entries.message} ->> '$.role' in ('user', 'assistant')`;
  const holdsText = sql`instr(lower(${entries.message} ->> '$.text'), lower(${value("text")})) > 0`;
  const sinceReset = or(
    gt(runs.number, sessions.resetRun),
    eq(entries.run, value("run")),
    sql`${entries.joined} ->> '$.run' = ${value("run")}`,
  );
  return {
    session: orm
      .select(session)
      .from(sessions)
      .where(and(eq(sessions.key, value("key")), visible))
      .prepare(),
    ownSessions: sessionsWhere(owned),
    tenantSessions: sessionsWhere(inTenant),
    owners: orm
      .select({ owner: sessions.owner, count: sql<number>`count(*)` })
      .from(sessions)
      .where(visible)
      .groupBy(sessions.owner)
      .prepare(),
    // A cross join, so that SQLite looks at the few sessions of a member and not at all of the tenant in their order.
    sharedSessions: orm
      .select({ ...session, access: members.access })
      .from(members)
      .crossJoin(sessions)
      .where(and(eq(members.id, value("owner")), eq(sessions.key, members.session), inTenant, archivedAsAsked))
      .orderBy(desc(sessions.updatedAt))
      .limit(value("limit"))
      .prepare(),
    entriesSinceReset: visibleEntries()
      .innerJoin(runs, eq(runs.id, entries.run))
      .where(and(eq(entries.session, value("session")), eq(entries.superseded, 0), sinceReset, visible))
      .orderBy(desc(entries.sequence))
      .limit(value("limit"))
      .prepare(),
    newestEntry: orm
      .select({ row: sql<number | null>`max(${entries}.rowid)` })
      .from(entries)
      .prepare(),
    // A cross join, so that SQLite reads the entries in their order and stops when it has enough.
    entriesWith: orm
      .select(entry)
      .from(entries)
      .crossJoin(sessions)
      .where(and(eq(sessions.key, entries.session), inPart, saidBySomebody, holdsText, visible))
      .orderBy(sql`${entries}.rowid desc`)
      .limit(value("limit"))
      .prepare(),
    entriesBefore: visibleEntries()
      .where(
        and(
          eq(entries.session, value("session")),
          lt(entries.sequence, value("before")),
          sql`${entries.superseded} <= ${value("superseded")}`,
          visible,
        ),
      )
      .orderBy(desc(entries.sequence))
      .limit(value("limit"))
      .prepare(),
    usage: orm
      .select({
        session: usage.session,
        day,
        model: usage.model,
        steps: count(),
        inputTokens: total(usage.inputTokens),
        outputTokens: total(usage.outputTokens),
        cacheReadTokens: total(usage.cacheReadTokens),
        cacheWriteTokens: total(usage.cacheWriteTokens),
      })
      .from(usage)
      .innerJoin(sessions, eq(sessions.key, usage.session))
      .where(
        and(
          sql`${usage.at} >= ${value("from")} and ${usage.at} < ${value("to")}`,
          sql`(${value("session")} is null or ${usage.session} = ${value("session")})`,
          visible,
        ),
      )
      .groupBy(usage.session, day, usage.model)
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
