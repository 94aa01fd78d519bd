import { and, asc, desc, eq, isNotNull, isNull, lt, or, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { asks } from "./ask-schema.ts";
import type { Client } from "./database.ts";
import { valueFor } from "./journal-statements.ts";
import { behindWall } from "./visible.ts";

const value = sql.placeholder;

/** Compared as it is written, so that SQLite sees that the partial index is meant. */
const isGrant = sql`${asks.answer} = '"allow-always"'`;

/** What is asked of the table of what waits for people, compiled once. Those that a principal may ask carry the wall. */
export function askStatements(client: Client) {
  const orm = drizzle(client);
  const ofKind = eq(asks.kind, value("kind"));
  const inSessions = sql`${asks.session} in (select value from json_each(${value("sessions")}))`;
  const visible = and(eq(asks.tenant, value("tenant")), or(behindWall(asks), inSessions));
  const waiting = isNull(asks.answeredAt);
  const listed = (condition: SQL | undefined) =>
    orm
      .select()
      .from(asks)
      .where(and(ofKind, condition))
      .orderBy(desc(asks.createdAt), desc(sql`rowid`))
      .limit(value("limit"))
      .prepare();
  return {
    insert: orm
      .insert(asks)
      .values({
        id: value("id"),
        kind: value("kind"),
        tenant: value("tenant"),
        owner: value("owner"),
        run: value("run"),
        call: value("call"),
        agent: value("agent"),
        session: value("session"),
        digest: value("digest"),
        subject: value("subject"),
        createdAt: value("now"),
        expiresAt: value("expiresAt"),
      })
      .onConflictDoNothing()
      .returning()
      .prepare(),
    ofCall: orm
      .select()
      .from(asks)
      .where(and(ofKind, eq(asks.run, value("run")), eq(asks.call, value("call")), eq(asks.digest, value("digest"))))
      .prepare(),
    byId: orm
      .select()
      .from(asks)
      .where(and(eq(asks.id, value("id")), ofKind))
      .prepare(),
    granted: orm
      .select()
      .from(asks)
      .where(
        and(
          eq(asks.tenant, value("tenant")),
          eq(asks.owner, value("owner")),
          eq(asks.session, value("session")),
          eq(asks.digest, value("digest")),
          isGrant,
        ),
      )
      .limit(1)
      .prepare(),
    visible: orm
      .select()
      .from(asks)
      .where(and(eq(asks.id, value("id")), ofKind, visible))
      .prepare(),
    list: listed(visible),
    pending: listed(and(waiting, visible)),
    waiting: orm.select().from(asks).where(and(ofKind, waiting)).orderBy(asc(asks.createdAt)).prepare(),
    answer: orm
      .update(asks)
      .set({
        answer: valueFor(asks.answer, "answer"),
        answeredBy: valueFor(asks.answeredBy, "by"),
        answeredAt: valueFor(asks.answeredAt, "now"),
      })
      .where(and(eq(asks.id, value("id")), ofKind, waiting))
      .prepare(),
    forget: orm
      .delete(asks)
      .where(
        and(
          ofKind,
          isNotNull(asks.answeredAt),
          lt(asks.answeredAt, valueFor(asks.answeredAt, "before")),
          sql`(${asks.answer} is null or not ${isGrant})`,
        ),
      )
      .prepare(),
  };
}

export type AskStatements = ReturnType<typeof askStatements>;
