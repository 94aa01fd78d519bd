import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "@claw/core";
import { type Database, openDatabase } from "./database.ts";
import { storeClosed, storeError } from "./errors.ts";
import { inboxStatements } from "./inbox-index.ts";
import { journalStatements } from "./journal-statements.ts";
import { memberStatements } from "./member-statements.ts";
import { agentMigrations } from "./migrations.ts";
import { outboxStatements } from "./outbox-statements.ts";
import { type Probes, probes } from "./probes.ts";
import { readStatements } from "./read-statements.ts";
import { agentOf, isAgentId } from "./session-key.ts";
import { sessionStatements } from "./session-statements.ts";
import type { Troubles } from "./troubles.ts";

export interface AgentDatabase extends Database {
  readonly agent: string;
  readonly journal: ReturnType<typeof journalStatements>;
  readonly outbox: ReturnType<typeof outboxStatements>;
  readonly edits: ReturnType<typeof sessionStatements>;
  readonly members: ReturnType<typeof memberStatements>;
  readonly reads: ReturnType<typeof readStatements>;
  readonly has: Probes;
  readonly inbox: ReturnType<typeof inboxStatements>;
}

export interface AgentDatabases {
  /** The database of the session's agent, made when it is missing. */
  create(session: string): AgentDatabase;
  /** The same, or `undefined` when the agent has none: reading leaves nothing behind. */
  find(session: string): AgentDatabase | undefined;
  /** The same, by the agent's id. */
  of(agent: string): AgentDatabase | undefined;
  /** Of every agent that has one. */
  all(): readonly AgentDatabase[];
  close(): void;
}

/** One database per agent, opened when first used. The directory is read once: it has one process, and that is this one. */
export function agentDatabases(stateDir: string, clock: Clock, troubles?: Troubles): AgentDatabases {
  const agents = join(stateDir, "agents");
  const pathOf = (agent: string) => join(agents, agent, "sessions", "sessions.db");
  const opened = new Map<string, AgentDatabase>();
  let closed = false;
  let scanned = false;

  function open(agent: string): AgentDatabase {
    const known = opened.get(agent);
    if (known !== undefined) return known;
    if (closed) throw storeClosed();
    const database = openDatabase(pathOf(agent), agentMigrations, troubles);
    const { client } = database;
    const prepared = {
      ...database,
      agent,
      journal: journalStatements(client),
      outbox: outboxStatements(client),
      edits: sessionStatements(client),
      members: memberStatements(client),
      reads: readStatements(client),
      has: probes(client),
      inbox: inboxStatements(client),
    };
    database.read(() => prepared.outbox.makeDue.run({ now: clock.now() }));
    opened.set(agent, prepared);
    return prepared;
  }

  const openExisting = (agent: string) => (opened.has(agent) || existsSync(pathOf(agent)) ? open(agent) : undefined);

  return {
    create: (session) => open(agentOf(session)),
    find: (session) => openExisting(agentOf(session)),
    of: openExisting,
    all() {
      if (!scanned) openAll();
      return [...opened.values()];
    },
    close() {
      closed = true;
      for (const database of opened.values()) database.close();
      opened.clear();
    },
  };

  function openAll(): void {
    try {
      const names = existsSync(agents) ? readdirSync(agents) : [];
      for (const agent of names.filter(isAgentId)) openExisting(agent);
      scanned = true;
    } catch (error) {
      throw storeError(error, agents);
    }
  }
}
