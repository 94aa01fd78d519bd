import type { Entry } from "@claw/core";
import type { AgentDatabase } from "./agent-databases.ts";

type EntryRow = ReturnType<AgentDatabase["reads"]["entriesBefore"]["all"]>[number];

export function entryFrom({ superseded, ...entry }: EntryRow): Entry {
  return superseded === 1 ? { ...entry, superseded: true } : entry;
}
