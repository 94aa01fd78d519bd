import { eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/better-sqlite3";
import type { AgentDatabase, AgentDatabases } from "./agent-databases.ts";
import type { Client, Database } from "./database.ts";
import { accepted, acceptedUpTo } from "./inbox-index-tables.ts";

/**
 * Which agent may have accepted a message: it never misses one that did, so that a new message costs the same with one
 * agent and with hundreds. The inboxes are the truth, written together with what they cause. This follows them: what
 * was accepted of late is in memory, and what a crash takes from there is read from the inboxes again.
 */
export interface InboxIndex {
  /** To be awaited before `find`; nothing to wait for, but for the first time and once in a while. */
  ready(): Promise<void> | undefined;
  /** The database of the agent that may have accepted it. */
  find(id: string): AgentDatabase | undefined;
  /** To be called in the transaction that accepts it; one that is rolled back does no harm. */
  note(id: string, agent: string): void;
}

/** In memory, before they are written in one go. */
const MAX_NOTED = 256;

export function inboxIndex(open: () => Database, databases: AgentDatabases): InboxIndex {
  const noted = new Map<string, string>();
  let index: ReturnType<typeof prepare> | undefined;
  let following: Promise<void> | undefined;

  async function follow(): Promise<void> {
    const first = index === undefined;
    const prepared = index ?? prepare(open());
    const written = await prepared.database.write(() => {
      const known = new Map(noted);
      const changed = first
        ? databases.all()
        : [...new Set(known.values())].flatMap((agent) => databases.of(agent) ?? []);
      for (const database of changed) copyNew(database, prepared);
      return known;
    });
    index = prepared;
    for (const [id, agent] of written) if (noted.get(id) === agent) noted.delete(id);
  }

  return {
    ready() {
      if (index !== undefined && noted.size < MAX_NOTED) return undefined;
      following ??= follow().finally(() => {
        following = undefined;
      });
      return following;
    },
    find(id) {
      const agent = noted.get(id) ?? index?.database.read(() => index?.agentOf.get(id));
      return agent === undefined ? undefined : databases.of(agent);
    },
    note: (id, agent) => void noted.set(id, agent),
  };
}

/** Inside a transaction of the index. */
function copyNew({ agent, inbox }: AgentDatabase, { upTo, putUpTo, put }: ReturnType<typeof prepare>): void {
  const known = upTo.get({ agent });
  // An inbox that was replaced, by one from a backup for example, is read from its beginning.
  const isSame = known !== undefined && inbox.idAt.get(known.number) === known.id;
  let last: InboxRow | undefined;
  for (const row of inbox.after.iterate(isSame ? known.number : 0)) {
    put.run({ id: row.id, agent });
    last = row;
  }
  if (last !== undefined) putUpTo.run({ agent, ...last });
}

function prepare(database: Database) {
  const orm = drizzle(database.client);
  const value = sql.placeholder;
  return {
    database,
    // Asked of every message, so without the cost of decoding a row.
    agentOf: database.client.prepare<[string], string>("SELECT agent FROM accepted WHERE id = ?").pluck(),
    put: orm
      .insert(accepted)
      .values({ id: value("id"), agent: value("agent") })
      .onConflictDoUpdate({ target: accepted.id, set: { agent: sql`excluded.agent` } })
      .prepare(),
    upTo: orm
      .select({ number: acceptedUpTo.number, id: acceptedUpTo.id })
      .from(acceptedUpTo)
      .where(eq(acceptedUpTo.agent, value("agent")))
      .prepare(),
    putUpTo: orm
      .insert(acceptedUpTo)
      .values({ agent: value("agent"), number: value("number"), id: value("id") })
      .onConflictDoUpdate({
        target: acceptedUpTo.agent,
        set: { number: sql`excluded.number`, id: sql`excluded.id` },
      })
      .prepare(),
  };
}

interface InboxRow {
  readonly number: number;
  readonly id: string;
}

/** What the index reads of one agent's inbox. */
export interface InboxStatements {
  readonly idAt: { get(number: number): string | undefined };
  readonly after: { iterate(number: number): Iterable<InboxRow> };
}

export function inboxStatements(client: Client): InboxStatements {
  return {
    idAt: client.prepare<[number], string>("SELECT id FROM inbox WHERE number = ?").pluck(),
    after: client.prepare<[number], InboxRow>("SELECT number, id FROM inbox WHERE number > ? ORDER BY number"),
  };
}
