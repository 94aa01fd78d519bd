import { setImmediate } from "node:timers/promises";
import type { SearchHit } from "@claw/core";
import type { AgentDatabase } from "./agent-databases.ts";
import { entryFrom } from "./entry-rows.ts";
import type { Viewer } from "./visible.ts";

/** A search looks at this many entries of an agent, the newest. */
const SEARCHED_ENTRIES = 20_000;
/** Entries looked at in one go, at 2 µs each, before whatever else waits has its turn. */
const ENTRIES_AT_ONCE = 1_000;

/** The newest hits of one agent, newest first. */
export async function searchIn(
  { agent, read, reads }: AgentDatabase,
  text: string,
  limit: number,
  viewer: Viewer,
): Promise<readonly SearchHit[]> {
  const newest = read(() => reads.newestEntry.get()?.row ?? 0);
  const end = Math.max(0, newest - SEARCHED_ENTRIES);
  const hits: SearchHit[] = [];
  for (let upTo = newest; upTo > end && hits.length < limit; upTo -= ENTRIES_AT_ONCE) {
    const part = { after: Math.max(end, upTo - ENTRIES_AT_ONCE), upTo };
    const rows = read(() => reads.entriesWith.all({ text, limit: limit - hits.length, ...part, ...viewer }));
    for (const row of rows) hits.push({ entry: entryFrom(row), agent });
    await setImmediate();
  }
  return hits;
}
