import type { Clock, Collections, Principal, Run, SearchHit, Session, UsageRow } from "@claw/core";
import type { AgentDatabase, AgentDatabases } from "./agent-databases.ts";
import { sessionBranches } from "./branches.ts";
import { entryFrom } from "./entry-rows.ts";
import { searchIn } from "./search.ts";
import { sessionEdits, sessionFrom } from "./session-edits.ts";
import { sessionMembers } from "./session-members.ts";
import { editorOf, viewerOf } from "./visible.ts";

/** The most rows one call returns, whatever it asks for. */
const MAX_ROWS = 1_000;

/** What `principal` may see. The queries themselves hold the wall; nothing is filtered here. */
export function collectionsFor(
  databases: AgentDatabases,
  principal: Principal,
  clock: Clock,
): Omit<Collections, "approvals" | "inquiries" | "devices"> {
  const viewer = viewerOf(principal);
  return {
    sessions: {
      ...sessionEdits(databases, editorOf(principal), clock),
      ...sessionBranches(databases, editorOf(principal), clock),
      ...sessionMembers(databases, principal),
      async get(key) {
        const database = databases.find(key);
        const row = database?.read(() => database.reads.session.get({ key, ...viewer }));
        return database && row && sessionFrom(row, database.agent);
      },
      async list({ agent, archived, limit = 100 } = {}) {
        const rows = rowLimit(limit);
        const sessionsIn = (database: AgentDatabase): readonly Session[] => {
          const { ownSessions, sharedSessions, tenantSessions } = database.reads;
          const statements = viewer.admin ? [tenantSessions] : [ownSessions, sharedSessions];
          return database.read(() =>
            statements
              .flatMap((statement) => statement.all({ ...viewer, archived: flag(archived), limit: rows }))
              .map((row) => sessionFrom(row, database.agent)),
          );
        };
        return databases
          .all()
          .filter((database) => agent === undefined || database.agent === agent)
          .flatMap(sessionsIn)
          .sort((a, b) => b.updatedAt.getTime() - a.updatedAt.getTime())
          .slice(0, rows);
      },
      async countByOwner() {
        const counts = new Map<string, number>();
        for (const database of databases.all()) {
          for (const { owner, count } of database.read(() => database.reads.owners.all({ ...viewer }))) {
            counts.set(owner, (counts.get(owner) ?? 0) + count);
          }
        }
        return counts;
      },
    },
    transcript: {
      async read(session, { before = Number.MAX_SAFE_INTEGER, limit = 200, superseded = false } = {}) {
        const database = databases.find(session);
        const range = { session, before, limit: rowLimit(limit), superseded: superseded ? 1 : 0 };
        const newestFirst = database?.read(() => database.reads.entriesBefore.all({ ...range, ...viewer }));
        return newestFirst?.reverse().map(entryFrom) ?? [];
      },
      async sinceReset(session, { limit = 200, run = null } = {}) {
        const database = databases.find(session);
        const newestFirst = database?.read(() =>
          database.reads.entriesSinceReset.all({ session, run, limit: rowLimit(limit), ...viewer }),
        );
        return newestFirst?.reverse().map(entryFrom) ?? [];
      },
      async search(text, { agent, limit = 25 } = {}) {
        const rows = rowLimit(limit);
        const hits: SearchHit[] = [];
        for (const database of databases.all()) {
          if (agent === undefined || database.agent === agent)
            hits.push(...(await searchIn(database, text, rows, viewer)));
        }
        return hits.sort((a, b) => b.entry.at.getTime() - a.entry.at.getTime()).slice(0, rows);
      },
    },
    usage: {
      async totals({ agent, session = null, from, to } = {}) {
        const range = { from: from?.getTime() ?? 0, to: to?.getTime() ?? Number.MAX_SAFE_INTEGER };
        return databases
          .all()
          .filter((database) => agent === undefined || database.agent === agent)
          .flatMap((database) => database.read(() => database.reads.usage.all({ ...viewer, ...range, session })))
          .sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
      },
    },
    runs: {
      async get(id) {
        for (const database of databases.all()) {
          const row = database.read(() =>
            database.has.run(id) ? database.reads.run.get({ id, ...viewer }) : undefined,
          );
          if (row) return withoutNulls(row);
        }
        return undefined;
      },
      async list(session, { limit = 50 } = {}) {
        const database = databases.find(session);
        const rows = database?.read(() => database.reads.runsOf.all({ session, limit: rowLimit(limit), ...viewer }));
        return rows?.map(withoutNulls) ?? [];
      },
      async stop(session, ids) {
        const database = databases.find(session);
        await database?.write(() => {
          if (database.reads.session.get({ key: session, ...editorOf(principal) }) === undefined) return;
          for (const run of ids) database.journal.stopRun.run({ session, run });
        });
      },
    },
  };
}

function orderOf({ day, session, model }: UsageRow): string {
  return `${day} ${session} ${model}`;
}

function flag(value: boolean | undefined): 0 | 1 | null {
  return value === undefined ? null : value ? 1 : 0;
}

/** SQLite takes a negative limit for none. */
function rowLimit(limit: number): number {
  return Math.max(0, Math.min(Math.trunc(limit) || 0, MAX_ROWS));
}

type RunRow = ReturnType<AgentDatabase["reads"]["runsOf"]["all"]>[number];

function withoutNulls({ endedAt, error, answeredBy, ...run }: RunRow): Run {
  const into = answeredBy === null ? {} : { answeredBy };
  return { ...run, ...(endedAt ? { endedAt } : {}), ...(error ? { error } : {}), ...into };
}
