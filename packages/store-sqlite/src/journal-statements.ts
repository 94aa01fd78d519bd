import { and, asc, eq, isNull, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/better-sqlite3";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import type { Client } from "./database.ts";
import { effects, entries, inbox, runs, sessions, usage } from "./schema.ts";
import { NO_TOKENS } from "./usage.ts";
import { behindWall, visible } from "./visible.ts";

const value = sql.placeholder;

/** A placeholder for the SET of an update, encoded as its column is. */
export const valueFor = (column: SQLiteColumn, name: string) => sql`${sql.param(value(name), column)}`;

/** What moving work along asks of one agent's database, compiled once. */
export function journalStatements(client: Client) {
  const orm = drizzle(client);
  const thisSession = eq(sessions.key, value("session"));
  const thisRun = eq(runs.id, value("run"));
  const thisEffect = and(eq(effects.run, value("run")), eq(effects.id, value("id")));
  const lastRun = sql`(select coalesce(max(${runs.number}), 0) from ${runs} where ${runs.session} = ${value("session")})`;
  return {
    accepted: orm
      .select({ run: inbox.run, sequence: inbox.sequence, visible: sql<0 | 1>`${behindWall(inbox)}` })
      .from(inbox)
      .where(eq(inbox.id, value("id")))
      .prepare(),
    run: orm.select({ session: runs.session, state: runs.state }).from(runs).where(thisRun).prepare(),

    /** Opens the session or makes room for one more entry; returns nothing when it is somebody else's. */
    enterSession: orm
      .insert(sessions)
      .values({
        key: value("session"),
        tenant: value("tenant"),
        owner: value("owner"),
        title: value("title"),
        createdAt: value("now"),
        updatedAt: value("now"),
        lastSequence: 1,
        resetRun: 0,
        startedAt: value("now"),
        heardAt: value("now"),
        settings: {},
        ...NO_TOKENS,
      })
      .onConflictDoUpdate({
        target: sessions.key,
        set: {
          updatedAt: sql`excluded.updated_at`,
          // Of a session that began at a time yet to come, the clock was set back: it begins now.
          startedAt: sql`min(${sessions.startedAt}, excluded.started_at)`,
          heardAt: sql`iif(${value("byPerson")}, excluded.heard_at, ${sessions.heardAt})`,
          lastSequence: sql`${sessions.lastSequence} + 1`,
          title: sql`iif(${sessions.title} = '', excluded.title, ${sessions.title})`,
        },
        setWhere: visible,
      })
      .returning({ sequence: sessions.lastSequence })
      .prepare(),
    age: orm
      .select({ startedAt: sessions.startedAt, heardAt: sessions.heardAt, entries: sessions.lastSequence })
      .from(sessions)
      .where(eq(sessions.key, value("session")))
      .prepare(),
    /** To be called before its next run is written down. */
    startOver: orm
      .update(sessions)
      .set({ resetRun: lastRun, startedAt: valueFor(sessions.startedAt, "now"), contextTokens: 0 })
      .where(eq(sessions.key, value("session")))
      .prepare(),
    settings: orm.select({ settings: sessions.settings }).from(sessions).where(thisSession).prepare(),
    configure: orm
      .update(sessions)
      .set({ settings: valueFor(sessions.settings, "settings") })
      .where(thisSession)
      .prepare(),
    insertRun: orm
      .insert(runs)
      .values({
        id: value("run"),
        session: value("session"),
        state: "queued",
        acceptedAt: value("now"),
        principal: value("principal"),
        provenance: value("provenance"),
        replyTo: value("replyTo"),
        queue: value("queue"),
        after: value("after"),
        timeline: [],
        stopped: 0,
        recoveries: 0,
      })
      .prepare(),
    insertInbox: orm
      .insert(inbox)
      .values({
        id: value("id"),
        run: value("run"),
        sequence: value("sequence"),
        tenant: value("tenant"),
        owner: value("owner"),
      })
      .prepare(),

    /** Makes room for `:count` entries, counts their tokens, and returns the number of the last. */
    reserveSequences: orm
      .update(sessions)
      .set({
        lastSequence: sql`${sessions.lastSequence} + ${value("count")}`,
        inputTokens: sql`${sessions.inputTokens} + ${value("inputTokens")}`,
        outputTokens: sql`${sessions.outputTokens} + ${value("outputTokens")}`,
        cacheReadTokens: sql`${sessions.cacheReadTokens} + ${value("cacheReadTokens")}`,
        cacheWriteTokens: sql`${sessions.cacheWriteTokens} + ${value("cacheWriteTokens")}`,
        contextTokens: sql`coalesce(${value("contextTokens")}, ${sessions.contextTokens})`,
      })
      .where(eq(sessions.key, value("session")))
      .returning({ last: sessions.lastSequence })
      .prepare(),
    insertEntry: orm
      .insert(entries)
      .values({
        session: value("session"),
        sequence: value("sequence"),
        run: value("run"),
        at: value("now"),
        provenance: value("provenance"),
        message: value("message"),
        superseded: 0,
      })
      .prepare(),
    insertUsage: orm
      .insert(usage)
      .values({
        session: value("session"),
        run: value("run"),
        at: value("now"),
        model: value("model"),
        inputTokens: value("inputTokens"),
        outputTokens: value("outputTokens"),
        cacheReadTokens: value("cacheReadTokens"),
        cacheWriteTokens: value("cacheWriteTokens"),
      })
      .prepare(),
    stopRun: orm
      .update(runs)
      .set({ stopped: 1 })
      .where(and(thisRun, eq(runs.session, value("session")), isNull(runs.endedAt)))
      .prepare(),
    lastSequence: orm
      .select({ last: sessions.lastSequence })
      .from(sessions)
      .where(eq(sessions.key, value("session")))
      .prepare(),
    joinRun: orm
      .update(runs)
      .set({ state: "running", answeredBy: valueFor(runs.answeredBy, "into") })
      .where(thisRun)
      .prepare(),
    joinEntries: orm
      .update(entries)
      .set({ joined: valueFor(entries.joined, "joined") })
      .where(eq(entries.run, value("run")))
      .prepare(),
    endJoined: orm
      .update(runs)
      .set({
        state: valueFor(runs.state, "state"),
        endedAt: valueFor(runs.endedAt, "now"),
        error: valueFor(runs.error, "error"),
      })
      .where(and(eq(runs.answeredBy, value("run")), isNull(runs.endedAt)))
      .prepare(),
    markRunning: orm.update(runs).set({ state: "running" }).where(thisRun).prepare(),
    countRecovery: orm
      .update(runs)
      .set({ recoveries: sql`${runs.recoveries} + 1` })
      .where(thisRun)
      .prepare(),
    endRun: orm
      .update(runs)
      .set({
        state: valueFor(runs.state, "state"),
        endedAt: valueFor(runs.endedAt, "now"),
        error: valueFor(runs.error, "error"),
        timeline: valueFor(runs.timeline, "timeline"),
      })
      .where(thisRun)
      .prepare(),

    effect: orm.select({ finishedAt: effects.finishedAt }).from(effects).where(thisEffect).prepare(),
    insertEffect: orm
      .insert(effects)
      .values({
        run: value("run"),
        id: value("id"),
        action: value("action"),
        digest: value("digest"),
        startedAt: value("now"),
      })
      .prepare(),
    finishEffect: orm
      .update(effects)
      .set({ finishedAt: valueFor(effects.finishedAt, "now") })
      .where(thisEffect)
      .prepare(),

    unfinishedRuns: orm
      .select({
        run: runs.id,
        session: runs.session,
        principal: runs.principal,
        provenance: runs.provenance,
        acceptedAt: runs.acceptedAt,
        replyTo: runs.replyTo,
        stopped: runs.stopped,
        recoveries: runs.recoveries,
        queue: runs.queue,
        after: runs.after,
        answeredBy: runs.answeredBy,
      })
      .from(runs)
      .where(isNull(runs.endedAt))
      .orderBy(asc(runs.number))
      .prepare(),
    unknownEffects: orm
      .select({ id: effects.id, action: effects.action, digest: effects.digest })
      .from(effects)
      .where(and(eq(effects.run, value("run")), isNull(effects.finishedAt)))
      .orderBy(asc(effects.startedAt), asc(effects.id))
      .prepare(),
  };
}
