import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";
import { instant, json } from "./columns.ts";

/** The step that makes the table in `state/claw.db`. */
export const failedAttemptTable = `
  CREATE TABLE failed_attempts (
    key TEXT PRIMARY KEY NOT NULL,
    failed_at TEXT NOT NULL,
    locked_until INTEGER,
    expires_at INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX failed_attempts_by_expiry ON failed_attempts (expires_at);
  `;

export const failedAttempts = sqliteTable("failed_attempts", {
  key: text("key").primaryKey(),
  /** Milliseconds since 1970, as is the next. */
  failedAt: json<readonly number[]>("failed_at").notNull(),
  lockedUntil: integer("locked_until"),
  expiresAt: instant("expires_at").notNull(),
});
