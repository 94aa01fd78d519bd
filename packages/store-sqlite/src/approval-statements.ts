import { and, asc, desc, eq, isNull, type SQL, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { approvals } from "./approval-schema.ts";
import type { Client } from "./database.ts";
import { valueFor } from "./journal-statements.ts";
import { behindWall } from "./visible.ts";

const value = sql.placeholder;

/** What is asked of the table of approvals, compiled once. Those that a principal may ask carry the wall. */
export function approvalStatements(client: Client) {
  const orm = drizzle(client);
  const visible = behindWall(approvals);
  const waiting = isNull(approvals.answeredAt);
  const listed = (condition: SQL | undefined) =>
    orm
      .select()
      .from(approvals)
      .where(condition)
      .orderBy(desc(approvals.createdAt), desc(sql`rowid`))
      .limit(value("limit"))
      .prepare();
  return {
    insert: orm
      .insert(approvals)
      .values({
        id: value("id"),
        tenant: value("tenant"),
        owner: value("owner"),
        run: value("run"),
        call: value("call"),
        agent: value("agent"),
        session: value("session"),
        action: value("action"),
        input: value("input"),
        digest: value("digest"),
        rule: value("rule"),
        reason: value("reason"),
        createdAt: value("now"),
        expiresAt: value("expiresAt"),
      })
      .onConflictDoNothing()
      .returning()
      .prepare(),
    ofCall: orm
      .select()
      .from(approvals)
      .where(
        and(eq(approvals.run, value("run")), eq(approvals.call, value("call")), eq(approvals.digest, value("digest"))),
      )
      .prepare(),
    byId: orm
      .select()
      .from(approvals)
      .where(eq(approvals.id, value("id")))
      .prepare(),
    granted: orm
      .select()
      .from(approvals)
      .where(
        and(
          eq(approvals.tenant, value("tenant")),
          eq(approvals.owner, value("owner")),
          eq(approvals.session, value("session")),
          eq(approvals.digest, value("digest")),
          sql`${approvals.decision} = 'allow-always'`,
        ),
      )
      .limit(1)
      .prepare(),
    visible: orm
      .select()
      .from(approvals)
      .where(and(eq(approvals.id, value("id")), visible))
      .prepare(),
    list: listed(visible),
    pending: listed(and(waiting, visible)),
    waiting: orm.select().from(approvals).where(waiting).orderBy(asc(approvals.createdAt)).prepare(),
    answer: orm
      .update(approvals)
      .set({
        decision: valueFor(approvals.decision, "decision"),
        answeredBy: valueFor(approvals.answeredBy, "by"),
        answeredAt: valueFor(approvals.answeredAt, "now"),
      })
      .where(and(eq(approvals.id, value("id")), waiting))
      .prepare(),
  };
}

export type ApprovalStatements = ReturnType<typeof approvalStatements>;
