import { execFileSync } from "node:child_process";
import { copyFileSync, mkdirSync, readFileSync, renameSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { ClawError } from "@claw/core";
import { assert, asyncProperty, integer } from "fast-check";
import { expect, test } from "vitest";
import { sqliteStore } from "./sqlite-store.ts";
import { ada, inbound, session } from "./testing/fixtures.ts";
import { stateDirectory } from "./testing/state-directory.ts";

const file = "agents/main/sessions/sessions.db";
const MESSAGES = 20;

/** Database and write-ahead log as a kill leaves them, in a directory of their own. */
async function leftByKill(path: string): Promise<void> {
  using running = stateDirectory();
  await using store = sqliteStore({ stateDir: running.path });
  for (let n = 0; n < MESSAGES; n++) await store.journal.accept(inbound(`${n}`));
  mkdirSync(dirname(join(path, file)), { recursive: true });
  // In another process: closing the files in this one would take the store's locks away.
  for (const suffix of ["", "-wal"]) execFileSync("cp", [join(running.path, file + suffix), join(path, file + suffix)]);
}

async function messagesIn(stateDir: string): Promise<readonly string[]> {
  await using store = sqliteStore({ stateDir });
  await store.migrate();
  return (await store.as(ada).transcript.read(session)).map(({ run }) => run);
}

const all = Array.from({ length: MESSAGES }, (_, n) => `run-${n}`);

test("a write-ahead log whose end is torn or garbled loses only what was never whole, and takes more", async () => {
  using left = stateDirectory();
  await leftByKill(left.path);
  const wal = readFileSync(join(left.path, `${file}-wal`));
  // Before it are the tables themselves.
  const firstMessage = wal.length - 120_000;
  const cut = integer({ min: Math.max(firstMessage, 60_000), max: wal.length - 1 });
  await assert(
    asyncProperty(cut, integer({ min: 0, max: 1 }), async (at, garbled) => {
      using torn = stateDirectory();
      mkdirSync(dirname(join(torn.path, file)), { recursive: true });
      copyFileSync(join(left.path, file), join(torn.path, file));
      const rest = garbled === 1 ? Buffer.alloc(wal.length - at, 0xa5) : Buffer.alloc(0);
      writeFileSync(join(torn.path, `${file}-wal`), Buffer.concat([wal.subarray(0, at), rest]));
      const found = await messagesIn(torn.path);
      expect(found).toEqual(all.slice(0, found.length));
      await using store = sqliteStore({ stateDir: torn.path });
      expect(await store.journal.accept(inbound("after"))).toMatchObject({ repeat: false, sequence: found.length + 1 });
    }),
    { numRuns: 25 },
  );
});

test("a database that lost its last pages is named as damaged, and is left as it is", async () => {
  using left = stateDirectory();
  {
    await using store = sqliteStore({ stateDir: left.path });
    for (let n = 0; n < MESSAGES; n++) await store.journal.accept(inbound(`${n}`));
  }
  const path = join(left.path, file);
  const size = statSync(path).size - 3 * 4_096;
  truncateSync(path, size);
  const error = await messagesIn(left.path).catch((reason: unknown) => reason);
  expect(ClawError.is(error, "STORE_FAILED")).toBe(true);
  expect(String(error)).toMatch(/sessions\.db is damaged.*Restore it from a backup/);
  expect(statSync(path).size).toBe(size);
});

test("a database that is moved away under a running store takes no writes, and does again once it is back", async () => {
  using directory = stateDirectory();
  await using store = sqliteStore({ stateDir: directory.path });
  await store.journal.accept(inbound("0"));
  const agents = join(directory.path, "agents");
  renameSync(agents, `${agents}-away`);
  const error = await store.journal.accept(inbound("1")).catch((reason: unknown) => reason);
  expect(ClawError.is(error, "STORE_UNWRITABLE")).toBe(true);
  expect(String(error)).toContain("was removed or replaced while it was open");
  renameSync(`${agents}-away`, agents);
  await store.journal.accept(inbound("1"));
  expect((await store.as(ada).transcript.read(session)).map(({ run }) => run)).toEqual(["run-0", "run-1"]);
});
