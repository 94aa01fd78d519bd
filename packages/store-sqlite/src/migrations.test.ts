import { ClawError } from "@claw/core";
import Sqlite from "better-sqlite3";
import { getTableConfig } from "drizzle-orm/sqlite-core";
import { expect, test } from "vitest";
import { asks } from "./ask-schema.ts";
import { openDatabase } from "./database.ts";
import * as deviceSchema from "./device-schema.ts";
import { failedAttempts } from "./failed-attempt-schema.ts";
import { accepted, acceptedUpTo } from "./inbox-index-tables.ts";
import { agentMigrations, type Migrations, stateMigrations } from "./migrations.ts";
import * as schema from "./schema.ts";
import { sqliteStore } from "./sqlite-store.ts";
import { child } from "./testing/child.ts";
import { ada, inbound, session } from "./testing/fixtures.ts";
import { stateDirectory } from "./testing/state-directory.ts";

const { audit, starts, ...ofAgent } = schema;

/** Every column the migrations make, as `table.column TYPE NOT NULL`. */
function migratedColumns(migrations: Migrations): readonly string[] {
  const client = new Sqlite(":memory:");
  for (const step of migrations) client.exec(step);
  const rows = client
    .prepare<[], string>(
      `SELECT tables.name || '.' || columns.name || ' ' || columns.type || iif(columns."notnull", ' NOT NULL', '')
       FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns WHERE tables.type = 'table'`,
    )
    .pluck()
    .all();
  client.close();
  return rows.toSorted();
}

function queriedColumns(tables: readonly Parameters<typeof getTableConfig>[0][]): readonly string[] {
  return tables
    .map(getTableConfig)
    .flatMap(({ name, columns }) =>
      columns.map(
        (column) => `${name}.${column.name} ${column.getSQLType().toUpperCase()}${column.notNull ? " NOT NULL" : ""}`,
      ),
    )
    .toSorted();
}

test("the tables that queries are written against are the tables that migrations make", () => {
  expect(queriedColumns(Object.values(ofAgent))).toEqual(migratedColumns(agentMigrations));
  expect(
    queriedColumns([accepted, acceptedUpTo, audit, asks, failedAttempts, starts, ...Object.values(deviceSchema)]),
  ).toEqual(migratedColumns(stateMigrations));
});

test("messages that an older program accepted stay known, also when their session is deleted", async () => {
  using directory = stateDirectory();
  const path = `${directory.path}/agents/main/sessions/sessions.db`;
  const old = openDatabase(path, agentMigrations.slice(0, 1));
  old.client.exec(`
    INSERT INTO sessions VALUES ('${session}', 'local', 'ada', 'old', 1, 1, 1);
    INSERT INTO runs VALUES (1, 'run-a', '${session}', 'done', 1, 2, '{}', '{}', NULL, NULL, '[]');
    INSERT INTO inbox VALUES ('test:a', 'run-a', 1);
  `);
  old.close();
  await using store = sqliteStore({ stateDir: directory.path });
  await store.migrate();
  const repeat = { run: "run-a", repeat: true, sequence: 1 };
  expect(await store.journal.accept(inbound("a"))).toEqual(repeat);
  expect(await store.as(ada).sessions.delete(session)).toBe(true);
  expect(await store.journal.accept(inbound("a"))).toEqual(repeat);
});

test("approvals of an older program are there with their answers, in their order", async () => {
  using directory = stateDirectory();
  const old = openDatabase(`${directory.path}/state/claw.db`, stateMigrations.slice(0, 5));
  const insert = old.client.prepare(`
    INSERT INTO approvals VALUES (?, 'local', 'ada', 'run-a', ?, 'main', '${session}', 'tool.call', '{"tool":"exec"}',
      'd', 'tools.ask[0]', 'because', 1, 2, ?, ?, ?)`);
  insert.run("waits", "call-1", null, null, null);
  insert.run("answered", "call-2", "allow-always", "ada", 3);
  old.close();
  await using store = sqliteStore({ stateDir: directory.path });
  const asked = { run: "run-a", agent: "main", session, digest: "d", owner: "ada" };
  const shown = { action: "tool.call", input: { tool: "exec" }, rule: "tools.ask[0]", reason: "because" };
  const times = { createdAt: new Date(1), expiresAt: new Date(2) };
  const answer = { decision: "allow-always", by: "ada", at: new Date(3) };
  expect(await store.as(ada).approvals.list()).toEqual([
    { id: "answered", call: "call-2", ...asked, ...shown, ...times, answer },
    { id: "waits", call: "call-1", ...asked, ...shown, ...times },
  ]);
  expect((await store.approvals.grant({ principal: ada, session, digest: "d" }))?.id).toBe("answered");
});

test("data of a newer program is refused with what to do, and left as it is", async () => {
  using directory = stateDirectory();
  const path = `${directory.path}/state/claw.db`;
  openDatabase(path, [...stateMigrations, "CREATE TABLE newer (id INTEGER)"]).close();
  await using store = sqliteStore({ stateDir: directory.path });
  const error = await store.migrate().catch((reason: unknown) => reason);
  expect(ClawError.is(error, "STORE_NEWER")).toBe(true);
  const known = stateMigrations.length;
  expect(String(error)).toContain(`schema version ${known + 1}, and this program knows versions up to ${known}:`);
  expect(String(error)).toContain("Start that version or newer");
  const client = new Sqlite(path);
  expect(client.pragma("user_version", { simple: true })).toBe(known + 1);
  client.close();
});

test("a step that fails leaves the version and the data before it", () => {
  using directory = stateDirectory();
  const path = `${directory.path}/state/claw.db`;
  const broken = [...stateMigrations, "CREATE TABLE half (id INTEGER); CREATE TABLE half (id INTEGER)"];
  openDatabase(path, stateMigrations).close();
  expect(() => openDatabase(path, broken)).toThrow("half");
  openDatabase(path, [...stateMigrations, "CREATE TABLE half (id INTEGER)"]).close();
});

test("processes that migrate the same new directory at once all succeed", async () => {
  using directory = stateDirectory();
  const names = ["a", "b", "c"];
  const codes = await Promise.all(
    names.map((name) => child(new URL("./testing/migrate.script.ts", import.meta.url), directory.path, name).ended),
  );
  expect(codes).toEqual([0, 0, 0]);
  await using store = sqliteStore({ stateDir: directory.path });
  const entries = await store.as(ada).transcript.read(session);
  expect(entries.map(({ run }) => run).toSorted()).toEqual(names.map((name) => `run-${name}`));
});
