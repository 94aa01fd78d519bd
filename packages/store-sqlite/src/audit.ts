import type { Audit, Clock } from "@claw/core";
import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/better-sqlite3";
import type { Database } from "./database.ts";
import { valueFor } from "./journal-statements.ts";
import { audit } from "./schema.ts";

/** A row for each decision, written before its effect and completed after it. `open` is called at first use. */
export function sqliteAudit(open: () => Database, clock: Clock): Audit {
  let prepared: ReturnType<typeof prepare> | undefined;
  return {
    async intent(action, decision) {
      prepared ??= prepare(open());
      const { database, insert, complete } = prepared;
      const row = await database.write(() => insert.get({ at: clock.now(), action, decision }));
      return {
        async outcome({ ok, summary, durationMs }) {
          const result = { number: row.number, ok, summary, durationMs: Math.round(durationMs) };
          await database.write(() => complete.run(result));
        },
      };
    },
  };
}

function prepare(database: Database) {
  const orm = drizzle(database.client);
  const value = sql.placeholder;
  return {
    database,
    insert: orm
      .insert(audit)
      .values({ at: value("at"), action: value("action"), decision: value("decision") })
      .returning({ number: audit.number })
      .prepare(),
    complete: orm
      .update(audit)
      .set({
        ok: valueFor(audit.ok, "ok"),
        summary: valueFor(audit.summary, "summary"),
        durationMs: valueFor(audit.durationMs, "durationMs"),
      })
      .where(eq(audit.number, value("number")))
      .prepare(),
  };
}
