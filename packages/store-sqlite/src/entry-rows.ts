import type { Entry } from "@claw/core";
import type { AgentDatabase } from "./agent-databases.ts";

type EntryRow = ReturnType<AgentDatabase["reads"]["entriesBefore"]["all"]>[number];

export function entryFrom({ superseded, joined, ...entry }: EntryRow): Entry {
  return { ...entry, ...(superseded === 1 ? { superseded: true } : {}), ...(joined ? { joined } : {}) };
}
