import { and, eq, isNull, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/better-sqlite3";
import type { Client } from "./database.ts";
import { valueFor } from "./journal-statements.ts";
import { effects, entries, members, outbox, runs, sessions, usage } from "./schema.ts";
import { NO_TOKENS } from "./usage.ts";
import { managed, visible } from "./visible.ts";

const value = sql.placeholder;

/** What its owner does to a session as a whole, compiled once. Every one that names it first carries the wall. */
export function sessionStatements(client: Client) {
  const orm = drizzle(client);
  const thisSession = and(eq(sessions.key, value("key")), visible);
  const ownSession = and(eq(sessions.key, value("key")), managed);
  const ofSession = sql`(select ${runs.id} from ${runs} where ${runs.session} = ${value("key")})`;
  const lastEnded = sql`(
    select max(${runs.number}) from ${runs} where ${runs.session} = ${value("key")} and ${runs.endedAt} is not null
  )`;
  return {
    create: orm
      .insert(sessions)
      .values({
        key: value("key"),
        tenant: value("tenant"),
        owner: value("owner"),
        title: "",
        createdAt: value("now"),
        updatedAt: value("now"),
        lastSequence: 0,
        resetRun: 0,
        startedAt: value("now"),
        heardAt: value("now"),
        settings: {},
        ...NO_TOKENS,
      })
      .onConflictDoNothing()
      .prepare(),
    label: orm
      .update(sessions)
      .set({ label: valueFor(sessions.label, "label") })
      .where(thisSession)
      .prepare(),
    configure: orm
      .update(sessions)
      .set({ settings: valueFor(sessions.settings, "settings") })
      .where(thisSession)
      .prepare(),
    reset: orm
      .update(sessions)
      .set({
        resetRun: sql`coalesce(${lastEnded}, 0)`,
        startedAt: valueFor(sessions.startedAt, "now"),
        contextTokens: 0,
      })
      .where(ownSession)
      .prepare(),

    describe: orm
      .update(sessions)
      .set({ title: valueFor(sessions.title, "title"), lastSequence: valueFor(sessions.lastSequence, "lastSequence") })
      .where(thisSession)
      .prepare(),
    supersede: orm
      .update(entries)
      .set({ superseded: 1 })
      .where(and(eq(entries.session, value("key")), eq(entries.sequence, value("sequence"))))
      .prepare(),

    unfinishedRun: orm
      .select({ id: runs.id })
      .from(runs)
      .where(and(eq(runs.session, value("key")), isNull(runs.endedAt)))
      .limit(1)
      .prepare(),
    pendingDelivery: orm
      .select({ key: outbox.key })
      .from(outbox)
      .where(and(isNull(outbox.settledAt), sql`${outbox.run} in ${ofSession}`))
      .limit(1)
      .prepare(),
    deleteOutbox: orm.delete(outbox).where(sql`${outbox.run} in ${ofSession}`).prepare(),
    deleteEffects: orm.delete(effects).where(sql`${effects.run} in ${ofSession}`).prepare(),
    deleteEntries: orm
      .delete(entries)
      .where(eq(entries.session, value("key")))
      .prepare(),
    deleteUsage: orm
      .delete(usage)
      .where(eq(usage.session, value("key")))
      .prepare(),
    deleteRuns: orm
      .delete(runs)
      .where(eq(runs.session, value("key")))
      .prepare(),
    deleteMembers: orm
      .delete(members)
      .where(eq(members.session, value("key")))
      .prepare(),
    deleteSession: orm.delete(sessions).where(ownSession).prepare(),
  };
}
