import { integer, sqliteTable, text } from "drizzle-orm/sqlite-core";

/** Which agent accepted a message. */
export const accepted = sqliteTable("accepted", {
  id: text("id").primaryKey(),
  agent: text("agent").notNull(),
});

/** The row of each agent's inbox up to which that is known. */
export const acceptedUpTo = sqliteTable("accepted_up_to", {
  agent: text("agent").primaryKey(),
  number: integer("number").notNull(),
  id: text("id").notNull(),
});

/** In `state/claw.db`. */
export const inboxIndexTables = `
  CREATE TABLE accepted (
    id TEXT PRIMARY KEY NOT NULL,
    agent TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE TABLE accepted_up_to (
    agent TEXT PRIMARY KEY NOT NULL,
    number INTEGER NOT NULL,
    id TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
`;
