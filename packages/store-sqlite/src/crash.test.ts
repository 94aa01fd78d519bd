import Sqlite from "better-sqlite3";
import { expect, test } from "vitest";
import { sqliteStore } from "./sqlite-store.ts";
import { child } from "./testing/child.ts";
import { ada, session } from "./testing/fixtures.ts";
import { stateDirectory } from "./testing/state-directory.ts";

const calls = ["accept", "step", "effectStarted", "effectFinished", "finish"] as const;
const entriesOf = { accept: 1, step: 1, effectStarted: 0, effectFinished: 1, finish: 1 };

/** What the store must hold after the first `count` calls of the script. */
function expected(count: number) {
  const done = Array.from({ length: count }, (_, index) => calls[index % calls.length] ?? "accept");
  const last = done.at(-1);
  return {
    entries: done.reduce((sum, call) => sum + entriesOf[call], 0),
    ended: done.filter((call) => call === "finish").length,
    deliveries: done.filter((call) => call === "finish").length,
    unfinished: last === undefined || last === "finish" ? 0 : 1,
    unknownEffects: last === "effectStarted" ? 1 : 0,
  };
}

async function found(stateDir: string) {
  await using store = sqliteStore({ stateDir });
  const view = store.as(ada);
  const entries = await view.transcript.read(session, { limit: 1_000 });
  expect(entries.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));
  const unfinished = [];
  for await (const run of store.journal.unfinished()) unfinished.push(run);
  return {
    entries: entries.length,
    ended: (await view.runs.list(session, { limit: 1_000 })).filter(({ state }) => state === "done").length,
    deliveries: (await store.journal.deliveries(new Date("2100-01-01"), 1_000)).length,
    unfinished: unfinished.length,
    unknownEffects: unfinished.flatMap(({ unknownEffects }) => unknownEffects).length,
  };
}

test.each([1, 2, 3, 4, 5, 23, 41])(
  "what resolved before a SIGKILL after call %i is there afterwards",
  async (killAt) => {
    using directory = stateDirectory();
    const {
      process: running,
      lines,
      ended,
    } = child(new URL("./testing/turns.script.ts", import.meta.url), directory.path);
    let resolved = 0;
    for await (const _ of lines) {
      resolved += 1;
      if (resolved === killAt) running.kill("SIGKILL");
    }
    expect(await ended).toBeUndefined();

    const path = `${directory.path}/agents/main/sessions/sessions.db`;
    const client = new Sqlite(path);
    expect(client.pragma("integrity_check", { simple: true })).toBe("ok");
    client.close();
    // The kill may fall between a commit and its report.
    expect([expected(resolved), expected(resolved + 1)]).toContainEqual(await found(directory.path));
  },
);
