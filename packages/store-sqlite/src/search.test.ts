import { expect, test } from "vitest";
import { sqliteStore } from "./sqlite-store.ts";
import { ada, answer, inbound, lease, session } from "./testing/fixtures.ts";
import { stateDirectory } from "./testing/state-directory.ts";

const ENTRIES = 2_500;

test("a search finds what is far back, newest first, and lets other things run meanwhile", async () => {
  using directory = stateDirectory();
  await using store = sqliteStore({ stateDir: directory.path });
  await store.journal.accept(inbound("1", "the needle"));
  const hay = Array.from({ length: ENTRIES }, (_, n) => answer(n === 1_200 ? "a needle" : `hay ${n}`));
  for (let n = 0; n < ENTRIES; n += 500) await store.journal.step(lease, "run-1", hay.slice(n, n + 500));
  const { transcript } = store.as(ada);
  let turns = 0;
  let searching = true;
  const count = (): void => {
    turns += 1;
    if (searching) setImmediate(count);
  };
  setImmediate(count);
  const hits = await transcript.search("NEEDLE");
  searching = false;
  expect(hits.map(({ entry }) => entry.sequence)).toEqual([1_202, 1]);
  expect(turns).toBeGreaterThan(1);
  expect((await transcript.search("needle", { limit: 1 })).map(({ entry }) => entry.sequence)).toEqual([1_202]);
  expect(await transcript.search("nothing like it")).toEqual([]);
  expect(hits[0]?.entry.session).toBe(session);
});
