import { chmodSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ClawError } from "@claw/core";
import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { sqliteStore } from "./sqlite-store.ts";
import { action, ada, inbound, session } from "./testing/fixtures.ts";
import { stateDirectory } from "./testing/state-directory.ts";

test("files are readable by their owner alone, also those that were not", async () => {
  using directory = stateDirectory();
  const stateDir = join(directory.path, "new");
  {
    await using store = sqliteStore({ stateDir });
    await store.migrate();
    await store.journal.accept(inbound("a"));
  }
  chmodSync(join(stateDir, "state", "claw.db"), 0o644);
  await using store = sqliteStore({ stateDir });
  await store.migrate();
  await store.journal.accept(inbound("b"));
  const paths = readdirSync(stateDir, { recursive: true, encoding: "utf8" }).map((name) => join(stateDir, name));
  expect(paths.filter((path) => path.endsWith(".db-wal")).length).toBe(2);
  for (const path of [stateDir, ...paths]) {
    const { mode } = statSync(path);
    expect([path, mode & 0o777]).toEqual([path, statSync(path).isDirectory() ? 0o700 : 0o600]);
  }
});

test("reading what does not exist leaves nothing behind", async () => {
  using directory = stateDirectory();
  await using store = sqliteStore({ stateDir: directory.path });
  const view = store.as(ada);
  expect(await view.sessions.get(session)).toBeUndefined();
  expect(await view.sessions.list()).toEqual([]);
  expect(await view.runs.get("run-a")).toBeUndefined();
  expect(readdirSync(directory.path)).toEqual([]);
});

test("a directory beside the agents' that can't be an agent's is not touched", async () => {
  using directory = stateDirectory();
  const strays = ["No Agent", ".hidden", "empty"].map((name) => join(directory.path, "agents", name, "sessions"));
  for (const stray of strays) mkdirSync(stray, { recursive: true });
  writeFileSync(join(directory.path, "agents", "No Agent", "sessions", "sessions.db"), "not ours");
  await using store = sqliteStore({ stateDir: directory.path });
  await store.migrate();
  await store.journal.accept(inbound("a"));
  expect((await store.as(ada).sessions.list()).map(({ key }) => key)).toEqual([session]);
  expect(strays.map((stray) => readdirSync(stray).length)).toEqual([1, 0, 0]);
});

test("a damaged file is reported by its path", async () => {
  using directory = stateDirectory();
  {
    await using first = sqliteStore({ stateDir: directory.path });
    await first.journal.accept(inbound("a"));
  }
  const path = join(directory.path, "agents", "main", "sessions", "sessions.db");
  writeFileSync(path, "not a database ".repeat(1_000));
  await using again = sqliteStore({ stateDir: directory.path });
  const error = await again
    .as(ada)
    .sessions.list()
    .catch((reason: unknown) => reason);
  expect(ClawError.is(error, "STORE_FAILED")).toBe(true);
  expect(String(error)).toContain(`${path} is damaged`);
});

test("a store that was closed says so", async () => {
  using directory = stateDirectory();
  const store = sqliteStore({ stateDir: directory.path });
  await store.journal.accept(inbound("a"));
  await store[Symbol.asyncDispose]();
  await expect(store.journal.accept(inbound("b"))).rejects.toThrow("the store has been closed");
  await expect(store.as(ada).sessions.get(session)).rejects.toThrow("the store has been closed");
  await expect(store.audit.intent(action, { effect: "allow", rule: "test" })).rejects.toThrow("has been closed");
});

test("a decision is on record before its effect, and the outcome joins it", async () => {
  using directory = stateDirectory();
  await using store = sqliteStore({ stateDir: directory.path });
  const reader = () => {
    const client = new Sqlite(join(directory.path, "state", "claw.db"), { readonly: true });
    const rows = client.prepare("SELECT number, action, decision, ok, summary, duration_ms FROM audit").all();
    client.close();
    return rows;
  };
  const decision = { effect: "allow", rule: "tools.allow" } as const;
  const row = { number: 1, action: JSON.stringify(action), decision: JSON.stringify(decision) };
  const intent = await store.audit.intent(action, decision);
  expect(reader()).toEqual([{ ...row, ok: null, summary: null, duration_ms: null }]);
  await intent.outcome({ ok: false, summary: "exit 1", durationMs: 12.6 });
  expect(reader()).toEqual([{ ...row, ok: 0, summary: "exit 1", duration_ms: 13 }]);
});
