import { copyFileSync } from "node:fs";
import { systemClock } from "@claw/core";
import { array, assert, asyncProperty, constant, integer, oneof, record } from "fast-check";
import { expect, test } from "vitest";
import { agentDatabases } from "./agent-databases.ts";
import { type SqliteStore, sqliteStore } from "./sqlite-store.ts";
import { ada, inbound } from "./testing/fixtures.ts";
import { stateDirectory } from "./testing/state-directory.ts";

/** More than are kept in memory. */
const MANY = 300;

const agents = ["a", "b", "c"] as const;

let numbers = 0;
function nextNumber(): number {
  numbers += 1;
  return numbers;
}
const accept = ({ journal }: SqliteStore, id: string, agent: string) =>
  journal.accept({ ...inbound(id), run: `run-${nextNumber()}`, agent, session: `agent:${agent}:main` });

test("a message is accepted once, whichever agent it is routed to later, over crashes and however many come between", async () => {
  const message = record({ id: integer({ min: 0, max: 5 }), agent: integer({ min: 0, max: 2 }) });
  const crash = constant("crash" as const);
  const many = constant("many" as const);
  const steps = array(oneof({ weight: 8, arbitrary: message }, { weight: 2, arbitrary: crash }, many), {
    minLength: 10,
    maxLength: 30,
  });
  await assert(
    asyncProperty(steps, async (all) => {
      using directory = stateDirectory();
      await using lives = new AsyncDisposableStack();
      const open = () => lives.use(sqliteStore({ stateDir: directory.path }));
      let store = open();
      const known = new Map<number, string>();
      for (const step of all) {
        if (step === "crash") {
          // What it has in memory is lost; its files are as it left them.
          store = open();
        } else if (step === "many") {
          await Promise.all(Array.from({ length: MANY }, () => accept(store, `other-${nextNumber()}`, "a")));
        } else {
          const { run, repeat } = await accept(store, String(step.id), agents[step.agent] ?? "a");
          expect({ run, repeat }).toEqual({ run: known.get(step.id) ?? run, repeat: known.has(step.id) });
          known.set(step.id, run);
        }
      }
    }),
    { numRuns: 8 },
  );
});

test("a message that was refused is none that was accepted, for no agent", async () => {
  using directory = stateDirectory();
  await using store = sqliteStore({ stateDir: directory.path });
  await accept(store, "1", "a");
  const bob = { ...ada, id: "bob" };
  const refused = { ...inbound("2"), agent: "a", session: "agent:a:main", principal: bob };
  await expect(store.journal.accept(refused)).rejects.toThrow("may not write");
  expect(await accept(store, "2", "b")).toMatchObject({ repeat: false });
});

test("an inbox that was put back from a backup is known as it is now", async () => {
  using directory = stateDirectory();
  const { path: stateDir } = directory;
  const file = `${stateDir}/agents/a/sessions/sessions.db`;
  const lived = async (work: (store: SqliteStore) => Promise<unknown>): Promise<void> => {
    await using store = sqliteStore({ stateDir });
    await work(store);
  };
  await lived((store) => accept(store, "1", "a"));
  copyFileSync(file, `${stateDir}/backup`);
  await lived(async (store) => {
    for (const id of ["2", "3", "4"]) await accept(store, id, "a");
  });
  // Its next start writes down how far it has read.
  await lived((store) => store.migrate());
  copyFileSync(`${stateDir}/backup`, file);
  await lived(async (store) => {
    expect(await accept(store, "5", "a")).toMatchObject({ repeat: false });
    expect(await accept(store, "6", "a")).toMatchObject({ repeat: false });
  });
  await lived(async (store) => {
    for (const id of ["1", "5", "6"]) expect(await accept(store, id, "b")).toMatchObject({ repeat: true });
    for (const id of ["2", "3", "4"]) expect(await accept(store, id, "b")).toMatchObject({ repeat: false });
  });
});

test("a new message is looked for in no agent's inbox but its own", async () => {
  using directory = stateDirectory();
  await using store = sqliteStore({ stateDir: directory.path });
  for (let n = 0; n < 20; n++) await accept(store, `${n}`, `agent-${n}`);
  await using again = sqliteStore({ stateDir: directory.path });
  await again.migrate();
  // An inbox that is gone can't be asked.
  using _ = withoutInboxes(directory.path, "agent-3");
  expect(await accept(again, "new", "agent-3")).toMatchObject({ repeat: false });
  expect(await accept(again, "7", "agent-3")).toMatchObject({ repeat: true });
});

/** The inboxes of all agents but one and of number 7 are taken away. */
function withoutInboxes(stateDir: string, own: string): Disposable {
  const databases = agentDatabases(stateDir, systemClock);
  for (const { agent, client } of databases.all()) {
    if (agent !== own && agent !== "agent-7") client.exec("ALTER TABLE inbox RENAME TO hidden");
  }
  return { [Symbol.dispose]: () => databases.close() };
}
