import { and, asc, eq, gt, isNull, lt, lte, notExists, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/better-sqlite3";
import { alias } from "drizzle-orm/sqlite-core";
import type { Client } from "./database.ts";
import { valueFor } from "./journal-statements.ts";
import { outbox } from "./schema.ts";

const value = sql.placeholder;

/** What delivery asks of one agent's database, compiled once. */
export function outboxStatements(client: Client) {
  const orm = drizzle(client);
  const earlier = alias(outbox, "earlier");
  const thisPending = and(eq(outbox.key, value("key")), isNull(outbox.settledAt));
  const oneMoreAttempt = sql`${outbox.attempts} + 1`;
  return {
    enqueue: orm
      .insert(outbox)
      .values({
        key: value("key"),
        run: value("run"),
        lane: value("lane"),
        to: value("to"),
        message: value("message"),
        state: "pending",
        attempts: 0,
        queuedAt: value("now"),
        dueAt: value("now"),
        scheduledAt: value("now"),
      })
      .onConflictDoNothing()
      .prepare(),
    said: orm
      .select({ to: outbox.to, message: outbox.message })
      .from(outbox)
      .where(eq(outbox.key, value("key")))
      .prepare(),
    /** The first unsettled delivery of each address, where it is due; `except` is a JSON list of channels. */
    due: orm
      .select({
        key: outbox.key,
        to: outbox.to,
        message: outbox.message,
        attempts: outbox.attempts,
        dueAt: outbox.dueAt,
        queuedAt: outbox.queuedAt,
      })
      .from(outbox)
      .where(
        and(
          isNull(outbox.settledAt),
          lte(outbox.dueAt, valueFor(outbox.dueAt, "now")),
          sql`json_extract(${outbox.lane}, '$[0]') not in (select value from json_each(${value("except")}))`,
          notExists(
            orm
              .select({ one: sql`1` })
              .from(earlier)
              .where(and(eq(earlier.lane, outbox.lane), isNull(earlier.settledAt), lt(earlier.number, outbox.number))),
          ),
        ),
      )
      .orderBy(asc(outbox.number))
      .limit(value("limit"))
      .prepare(),
    settle: orm
      .update(outbox)
      .set({
        state: valueFor(outbox.state, "state"),
        attempts: oneMoreAttempt,
        settledAt: valueFor(outbox.settledAt, "now"),
        failure: valueFor(outbox.failure, "failure"),
      })
      .where(thisPending)
      .prepare(),
    retry: orm
      .update(outbox)
      .set({
        attempts: oneMoreAttempt,
        dueAt: valueFor(outbox.dueAt, "retryAt"),
        scheduledAt: valueFor(outbox.scheduledAt, "now"),
        failure: valueFor(outbox.failure, "failure"),
      })
      .where(thisPending)
      .prepare(),
    /** Settled at a time yet to come: the clock was set back, and nobody knows for how long it would wait. */
    makeDue: orm
      .update(outbox)
      .set({ dueAt: valueFor(outbox.dueAt, "now"), scheduledAt: valueFor(outbox.scheduledAt, "now") })
      .where(and(isNull(outbox.settledAt), gt(outbox.scheduledAt, valueFor(outbox.scheduledAt, "now"))))
      .prepare(),
  };
}
