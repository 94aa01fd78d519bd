import { randomUUID } from "node:crypto";
import {
  ClawError,
  type Clock,
  type Collections,
  type Entry,
  inReadingOrder,
  type Provenance,
  type Session,
} from "@claw/core";
import type { AgentDatabase, AgentDatabases } from "./agent-databases.ts";
import { entryFrom } from "./entry-rows.ts";
import { sessionFrom } from "./session-edits.ts";
import { sumOf } from "./usage.ts";
import type { Viewer } from "./visible.ts";

type Branches = Pick<Collections["sessions"], "rewind" | "fork" | "inject">;

/** A branch is made of this many entries at most, the newest: as many as a turn is ever given. */
const MAX_ENTRIES = 1_000;

/** What goes on from an earlier entry. `editor` matches no row without the write scope. */
export function sessionBranches(databases: AgentDatabases, editor: Viewer, clock: Clock): Branches {
  const found = ({ agent, reads }: AgentDatabase, key: string): Session | undefined => {
    const row = reads.session.get({ key, ...editor });
    return row && sessionFrom(row, agent);
  };

  return {
    async rewind(key, sequence) {
      const database = databases.find(key);
      return database?.write(() => {
        if (found(database, key) === undefined) return undefined;
        const entries = liveEntries(database, key, editor);
        for (const entry of entries.slice(placeOf(entries, key, sequence) + 1)) {
          database.edits.supersede.run({ key, sequence: entry.sequence });
        }
        return found(database, key);
      });
    },

    async inject(key, { provenance, message }) {
      const database = databases.find(key);
      return database?.write(() => {
        if (found(database, key) === undefined) return undefined;
        const now = clock.now();
        const run = endedRun(database, key, "inject", provenance, now);
        const sequence = database.journal.reserveSequences.get({ session: key, count: 1, ...sumOf([], []) })?.last ?? 0;
        database.journal.insertEntry.run({ session: key, sequence, run, provenance, message, now });
        return sequence;
      });
    },

    async fork(key, into, sequence) {
      const database = databases.find(key);
      return database?.write(() => {
        const source = found(database, key);
        if (source === undefined) return undefined;
        if (database.reads.session.get({ key: into, ...editor }) !== undefined) throw taken(into);
        const entries = liveEntries(database, key, editor);
        const copied = withoutCommands(entries.slice(0, placeOf(entries, key, sequence) + 1));
        const now = clock.now();
        database.edits.create.run({ key: into, now, ...editor });
        const run = endedRun(database, into, "fork", copied[0]?.provenance ?? NO_PROVENANCE, now);
        copied.forEach(({ provenance, message }, index) => {
          database.journal.insertEntry.run({ session: into, sequence: index + 1, run, provenance, message, now });
        });
        database.edits.describe.run({ key: into, title: source.title, lastSequence: copied.length, ...editor });
        const { model, thinkingLevel } = source.settings;
        database.edits.configure.run({ key: into, settings: { model, thinkingLevel }, ...editor });
        return found(database, into);
      });
    },
  };
}

/** In the order in which a turn is given them: one run after the other. */
function liveEntries({ reads }: AgentDatabase, session: string, viewer: Viewer): readonly Entry[] {
  const newestFirst = reads.entriesSinceReset.all({ session, run: "", limit: MAX_ENTRIES, ...viewer });
  return inReadingOrder(newestFirst.reverse().map(entryFrom));
}

/** -1 for 0, which stands before the first. */
function placeOf(entries: readonly Entry[], session: string, sequence: number): number {
  const place = sequence === 0 ? -1 : entries.findIndex((entry) => entry.sequence === sequence);
  if (place === -1 && sequence !== 0) {
    throw new ClawError("STORE_NOT_FOUND", `session ${session} goes on from no entry ${sequence}; choose a newer one`);
  }
  return place;
}

/** Entries belong to a run; this one is over, and no turn was ever taken for it. */
function endedRun({ journal }: AgentDatabase, session: string, by: string, provenance: Provenance, now: Date): string {
  const run = `${by}:${randomUUID()}`;
  const principal = { id: "claw", kind: "service", tenant: "local", scopes: [], credential: by } as const;
  journal.insertRun.run({ run, session, principal, provenance, replyTo: undefined, queue: null, after: null, now });
  journal.endRun.run({ run, state: "done", error: undefined, timeline: [], now });
  return run;
}

const NO_PROVENANCE: Provenance = { origins: [], trust: "trusted", because: [] };

/** Text commands are no part of what a conversation goes on from; a summary that one made is. */
function withoutCommands(entries: readonly Entry[]): readonly Entry[] {
  const commands = new Set(
    entries.flatMap(({ run, message }) => (message.role === "user" && message.command !== undefined ? [run] : [])),
  );
  return entries.filter(({ run, message }) => message.role === "summary" || !commands.has(run));
}

function taken(key: string): ClawError {
  return new ClawError("STORE_CONFLICT", `there is a session ${key} already; fork into a new one`);
}
