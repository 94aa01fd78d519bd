import type { Clock, FailedAttemptLog } from "@claw/core";
import { eq, lte, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/better-sqlite3";
import type { Database } from "./database.ts";
import { failedAttempts } from "./failed-attempt-schema.ts";
import { valueFor } from "./journal-statements.ts";

/** One row for each that showed wrong credentials, for as long as it matters. `open` is called at first use. */
export function sqliteFailedAttempts(open: () => Database, clock: Clock): FailedAttemptLog {
  let opened: { readonly database: Database; readonly statements: ReturnType<typeof prepare> } | undefined;
  const prepared = () => {
    const database = open();
    opened ??= { database, statements: prepare(database) };
    return opened;
  };
  return {
    async load() {
      const { database, statements } = prepared();
      await database.write(() => statements.expire.run({ now: clock.now() }));
      return database.read(() =>
        statements.all.all().map(({ failedAt, lockedUntil, ...row }) => ({
          ...row,
          failedAt: failedAt.map((at) => new Date(at)),
          ...(lockedUntil === null ? {} : { lockedUntil: new Date(lockedUntil) }),
        })),
      );
    },
    async keep({ key, failedAt, lockedUntil, expiresAt }) {
      const { database, statements } = prepared();
      const times = failedAt.map((date) => date.getTime());
      await database.write(() =>
        statements.keep.run({ key, failedAt: times, lockedUntil: lockedUntil?.getTime() ?? null, expiresAt }),
      );
    },
    async forget(key) {
      const { database, statements } = prepared();
      await database.write(() => statements.forget.run({ key }));
    },
  };
}

function prepare({ client }: Database) {
  const orm = drizzle(client);
  const value = sql.placeholder;
  const columns = {
    failedAt: value("failedAt"),
    lockedUntil: value("lockedUntil"),
    expiresAt: value("expiresAt"),
  };
  return {
    all: orm.select().from(failedAttempts).prepare(),
    expire: orm
      .delete(failedAttempts)
      .where(lte(failedAttempts.expiresAt, valueFor(failedAttempts.expiresAt, "now")))
      .prepare(),
    keep: orm
      .insert(failedAttempts)
      .values({ key: value("key"), ...columns })
      .onConflictDoUpdate({
        target: failedAttempts.key,
        set: {
          failedAt: sql`excluded.failed_at`,
          lockedUntil: sql`excluded.locked_until`,
          expiresAt: sql`excluded.expires_at`,
        },
      })
      .prepare(),
    forget: orm
      .delete(failedAttempts)
      .where(eq(failedAttempts.key, value("key")))
      .prepare(),
  };
}
