import { expect, test } from "vitest";
import { openDatabase } from "./database.ts";
import { stateDirectory } from "./testing/state-directory.ts";

const migrations = ["CREATE TABLE notes (text TEXT UNIQUE)"];

function open(path: string) {
  const database = openDatabase(`${path}/notes.db`, migrations);
  const insert = database.client.prepare("INSERT INTO notes VALUES (?)");
  const all = database.client.prepare("SELECT text FROM notes ORDER BY rowid").pluck();
  return { database, add: (text: string) => database.write(() => insert.run(text)), notes: () => all.all() };
}

test("writes of one turn of the event loop are committed together", async () => {
  using directory = stateDirectory();
  const { database, add, notes } = open(directory.path);
  const watcher = openDatabase(`${directory.path}/notes.db`, migrations);
  const version = () => watcher.client.pragma("data_version", { simple: true });
  const seen = new Set([version()]);
  const writes = ["a", "b", "c"].map((text) => add(text).then(() => seen.add(version())));
  expect(notes()).toEqual([]);
  await Promise.all(writes);
  expect(notes()).toEqual(["a", "b", "c"]);
  expect(seen.size).toBe(2);
  watcher.close();
  database.close();
});

test("a write that throws takes back its own part and no other", async () => {
  using directory = stateDirectory();
  const { database, add, notes } = open(directory.path);
  const half = database.write(() => {
    database.client.exec("INSERT INTO notes VALUES ('half')");
    throw new Error("changed its mind");
  });
  const results = await Promise.allSettled([add("a"), half, add("a"), add("b")]);
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "rejected", "fulfilled"]);
  expect(notes()).toEqual(["a", "b"]);
  database.close();
});

test("closing commits what is waiting", async () => {
  using directory = stateDirectory();
  const { database, add } = open(directory.path);
  const written = add("last");
  database.close();
  await written;
  const again = open(directory.path);
  expect(again.notes()).toEqual(["last"]);
  again.database.close();
});
