import { ClawError } from "@claw/core";
import { approvalTables } from "./approval-tables.ts";
import { askTables } from "./ask-tables.ts";
import type { Client } from "./database.ts";
import { deviceTables } from "./device-tables.ts";
import { failedAttemptTable } from "./failed-attempt-schema.ts";
import { inboxIndexTables } from "./inbox-index-tables.ts";

/** SQL that takes a database from version `index` to `index + 1`. Released steps never change; new ones are appended. */
export type Migrations = readonly string[];

/** `agents/<id>/sessions/sessions.db` */
export const agentMigrations: Migrations = [
  `
  CREATE TABLE sessions (
    key TEXT PRIMARY KEY NOT NULL,
    tenant TEXT NOT NULL,
    owner TEXT NOT NULL,
    title TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX sessions_of_owner ON sessions (tenant, owner, updated_at);
  CREATE INDEX sessions_of_tenant ON sessions (tenant, updated_at);

  CREATE TABLE runs (
    number INTEGER PRIMARY KEY NOT NULL,
    id TEXT NOT NULL UNIQUE,
    session TEXT NOT NULL REFERENCES sessions (key),
    state TEXT NOT NULL,
    accepted_at INTEGER NOT NULL,
    ended_at INTEGER,
    principal TEXT NOT NULL,
    provenance TEXT NOT NULL,
    reply_to TEXT,
    error TEXT,
    timeline TEXT NOT NULL
  ) STRICT;
  CREATE INDEX runs_of_session ON runs (session, number);
  CREATE INDEX runs_unfinished ON runs (number) WHERE ended_at IS NULL;

  CREATE TABLE entries (
    session TEXT NOT NULL REFERENCES sessions (key),
    sequence INTEGER NOT NULL,
    run TEXT NOT NULL REFERENCES runs (id),
    at INTEGER NOT NULL,
    provenance TEXT NOT NULL,
    message TEXT NOT NULL
  ) STRICT;
  CREATE UNIQUE INDEX entries_in_order ON entries (session, sequence);

  CREATE TABLE inbox (
    id TEXT PRIMARY KEY NOT NULL,
    run TEXT NOT NULL REFERENCES runs (id),
    sequence INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE effects (
    run TEXT NOT NULL REFERENCES runs (id),
    id TEXT NOT NULL,
    action TEXT NOT NULL,
    digest TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    finished_at INTEGER,
    PRIMARY KEY (run, id)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE outbox (
    number INTEGER PRIMARY KEY NOT NULL,
    key TEXT NOT NULL UNIQUE,
    run TEXT NOT NULL REFERENCES runs (id),
    lane TEXT NOT NULL,
    "to" TEXT NOT NULL,
    message TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    queued_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    settled_at INTEGER,
    failure TEXT
  ) STRICT;
  CREATE INDEX outbox_unsettled ON outbox (number) WHERE settled_at IS NULL;
  CREATE INDEX outbox_lanes ON outbox (lane, number) WHERE settled_at IS NULL;
  `,
  // The inbox outlives what its messages became, so it says itself whose they are. The indexes are for deleting runs.
  `
  ALTER TABLE sessions ADD COLUMN label TEXT;
  ALTER TABLE sessions ADD COLUMN reset_run INTEGER NOT NULL DEFAULT 0;

  CREATE TABLE lasting_inbox (
    id TEXT PRIMARY KEY NOT NULL,
    run TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    owner TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  INSERT INTO lasting_inbox
    SELECT inbox.id, inbox.run, inbox.sequence, sessions.tenant, sessions.owner
    FROM inbox JOIN runs ON runs.id = inbox.run JOIN sessions ON sessions.key = runs.session;
  DROP TABLE inbox;
  ALTER TABLE lasting_inbox RENAME TO inbox;

  CREATE INDEX entries_of_run ON entries (run);
  CREATE INDEX outbox_of_run ON outbox (run);
  `,
  `
  ALTER TABLE sessions ADD COLUMN started_at INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN heard_at INTEGER NOT NULL DEFAULT 0;
  UPDATE sessions SET started_at = created_at, heard_at = updated_at;
  `,
  "ALTER TABLE sessions ADD COLUMN settings TEXT NOT NULL DEFAULT '{}';",
  // One row for each model step, so that a price can be applied by model and day; the sums stand with the session.
  `
  ALTER TABLE sessions ADD COLUMN input_tokens INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN output_tokens INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN cache_read_tokens INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN cache_write_tokens INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE sessions ADD COLUMN context_tokens INTEGER NOT NULL DEFAULT 0;

  CREATE TABLE usage (
    session TEXT NOT NULL REFERENCES sessions (key),
    run TEXT NOT NULL REFERENCES runs (id),
    at INTEGER NOT NULL,
    model TEXT NOT NULL,
    input_tokens INTEGER NOT NULL,
    output_tokens INTEGER NOT NULL,
    cache_read_tokens INTEGER NOT NULL,
    cache_write_tokens INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX usage_of_session ON usage (session, at);
  CREATE INDEX usage_of_run ON usage (run);
  `,
  "ALTER TABLE runs ADD COLUMN stopped INTEGER NOT NULL DEFAULT 0;",
  "ALTER TABLE runs ADD COLUMN recoveries INTEGER NOT NULL DEFAULT 0",
  "ALTER TABLE entries ADD COLUMN superseded INTEGER NOT NULL DEFAULT 0;",
  `
  ALTER TABLE runs ADD COLUMN queue TEXT;
  ALTER TABLE runs ADD COLUMN after_run TEXT;
  ALTER TABLE runs ADD COLUMN answered_by TEXT;
  CREATE INDEX runs_joined ON runs (answered_by) WHERE answered_by IS NOT NULL;
  ALTER TABLE entries ADD COLUMN joined TEXT;
  `,
  `
  CREATE TABLE members (
    session TEXT NOT NULL REFERENCES sessions (key),
    id TEXT NOT NULL,
    access TEXT NOT NULL,
    PRIMARY KEY (session, id)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_of_member ON members (id, session);
  `,
  // The outbox again, for messages of no run as well: a column can't lose its NOT NULL.
  `
  CREATE TABLE outbox_of_all (
    number INTEGER PRIMARY KEY NOT NULL,
    key TEXT NOT NULL UNIQUE,
    run TEXT REFERENCES runs (id),
    lane TEXT NOT NULL,
    "to" TEXT NOT NULL,
    message TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    queued_at INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    settled_at INTEGER,
    failure TEXT
  ) STRICT;
  INSERT INTO outbox_of_all
    SELECT number, key, run, lane, "to", message, state, attempts, queued_at, due_at, settled_at, failure FROM outbox;
  DROP TABLE outbox;
  ALTER TABLE outbox_of_all RENAME TO outbox;
  CREATE INDEX outbox_unsettled ON outbox (number) WHERE settled_at IS NULL;
  CREATE INDEX outbox_lanes ON outbox (lane, number) WHERE settled_at IS NULL;
  CREATE INDEX outbox_of_run ON outbox (run);
  `,
  "ALTER TABLE outbox ADD COLUMN scheduled_at INTEGER NOT NULL DEFAULT 0;",
  // Numbered, so that the index of all inboxes can tell what it has not seen.
  `
  CREATE TABLE numbered_inbox (
    number INTEGER PRIMARY KEY NOT NULL,
    id TEXT NOT NULL UNIQUE,
    run TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    tenant TEXT NOT NULL,
    owner TEXT NOT NULL
  ) STRICT;
  INSERT INTO numbered_inbox (id, run, sequence, tenant, owner) SELECT id, run, sequence, tenant, owner FROM inbox;
  DROP TABLE inbox;
  ALTER TABLE numbered_inbox RENAME TO inbox;
  `,
];

/** `state/claw.db` */
export const stateMigrations: Migrations = [
  `
  CREATE TABLE audit (
    number INTEGER PRIMARY KEY NOT NULL,
    at INTEGER NOT NULL,
    action TEXT NOT NULL,
    decision TEXT NOT NULL,
    ok INTEGER,
    summary TEXT,
    duration_ms INTEGER
  ) STRICT;
  `,
  deviceTables,
  failedAttemptTable,
  approvalTables,
  `
  CREATE TABLE starts (
    number INTEGER PRIMARY KEY NOT NULL,
    at INTEGER NOT NULL,
    state TEXT NOT NULL
  ) STRICT;
  `,
  askTables,
  inboxIndexTables,
];

/** The version of the data, or `STORE_NEWER` when a newer program wrote it. Reads only. */
export function checkedVersion(client: Client, migrations: Migrations): number {
  const version = Number(client.pragma("user_version", { simple: true }));
  if (version > migrations.length) {
    throw new ClawError(
      "STORE_NEWER",
      `${client.name} is at schema version ${version}, and this program knows versions up to ${migrations.length}: a newer Claw wrote it. Start that version or newer, or restore the backup made before the upgrade.`,
    );
  }
  return version;
}

/** Brings the data to the newest version in one transaction; of two processes the second finds nothing left to do. */
export function migrate(client: Client, migrations: Migrations): void {
  if (checkedVersion(client, migrations) === migrations.length) return;
  client
    .transaction(() => {
      for (const step of migrations.slice(checkedVersion(client, migrations))) client.exec(step);
      client.pragma(`user_version = ${migrations.length}`);
    })
    .immediate();
}
