import type { Clock, Starts } from "@claw/core";
import { desc, eq, gt, lte, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/better-sqlite3";
import type { Database } from "./database.ts";
import { valueFor } from "./journal-statements.ts";
import { starts } from "./schema.ts";

const SHOWN = 20;
const KEPT = 100;

/** A row for each start. `open` is called at first use. */
export function sqliteStarts(open: () => Database, clock: Clock): Starts {
  let current: { readonly number: number; readonly statements: Statements } | undefined;
  return {
    async begin() {
      const statements = prepare(open());
      return statements.database.write(() => {
        const unclean = statements.unclean.all();
        const { number } = statements.insert.get({ at: clock.now() });
        statements.forget.run({ upTo: number - KEPT });
        current = { number, statements };
        return unclean.map(({ at, state }) => ({ at, safeMode: state === "safe-mode" }));
      });
    },
    async note(state) {
      if (current === undefined) return;
      const { number, statements } = current;
      await statements.database.write(() => statements.note.run({ number, state }));
    },
  };
}

type Statements = ReturnType<typeof prepare>;

function prepare(database: Database) {
  const orm = drizzle(database.client);
  const value = sql.placeholder;
  const lastTold = sql`(select coalesce(max(${starts.number}), 0) from ${starts} where ${starts.state} = 'stopping')`;
  return {
    database,
    unclean: orm
      .select({ at: starts.at, state: starts.state })
      .from(starts)
      .where(gt(starts.number, lastTold))
      .orderBy(desc(starts.number))
      .limit(SHOWN)
      .prepare(),
    insert: orm
      .insert(starts)
      .values({ at: value("at"), state: "normal" })
      .returning({ number: starts.number })
      .prepare(),
    forget: orm
      .delete(starts)
      .where(lte(starts.number, value("upTo")))
      .prepare(),
    note: orm
      .update(starts)
      .set({ state: valueFor(starts.state, "state") })
      .where(eq(starts.number, value("number")))
      .prepare(),
  };
}
