import { ClawError, type Clock, type Collections, type Session } from "@claw/core";
import type { AgentDatabase, AgentDatabases } from "./agent-databases.ts";
import type { Viewer } from "./visible.ts";

type Edits = Pick<Collections["sessions"], "create" | "label" | "configure" | "reset" | "delete">;
type SessionRow = NonNullable<ReturnType<AgentDatabase["reads"]["session"]["get"]>>;

/** What an owner does to whole sessions. `editor` matches no row without the write scope. */
export function sessionEdits(databases: AgentDatabases, editor: Viewer, clock: Clock): Edits {
  const found = ({ agent, reads }: AgentDatabase, key: string): Session | undefined => {
    const row = reads.session.get({ key, ...editor });
    return row && sessionFrom(row, agent);
  };
  const edit = async (key: string, write: (database: AgentDatabase) => void): Promise<Session | undefined> => {
    const database = databases.find(key);
    return database?.write(() => {
      write(database);
      return found(database, key);
    });
  };
  return {
    async create(key) {
      if (editor.tenant === null) throw forbidden(editor, key);
      const database = databases.create(key);
      const session = await database.write(() => {
        database.edits.create.run({ key, now: clock.now(), ...editor });
        return found(database, key);
      });
      if (session === undefined) throw forbidden(editor, key);
      return session;
    },
    label: (key, label) => edit(key, ({ edits }) => edits.label.run({ key, label: label ?? null, ...editor })),
    async configure(key, change) {
      const database = databases.find(key);
      return database?.write(() => {
        const session = found(database, key);
        if (session === undefined) return undefined;
        // JSON leaves out what is undefined, which is how a setting goes away.
        database.edits.configure.run({ key, settings: { ...session.settings, ...change }, ...editor });
        return found(database, key);
      });
    },
    async reset(key) {
      const session = await edit(key, ({ edits }) => edits.reset.run({ key, now: clock.now(), ...editor }));
      return session?.access === "manage" ? session : undefined;
    },
    async delete(key) {
      const database = databases.find(key);
      if (database === undefined) return false;
      return database.write(() => {
        if (found(database, key)?.access !== "manage") return false;
        remove(database, key, editor);
        return true;
      });
    },
  };
}

export function sessionFrom(row: SessionRow, agent: string): Session {
  const { label, inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, contextTokens, ...rest } = row;
  const usage = { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens, contextTokens };
  return { ...rest, agent, usage, ...(label === null ? {} : { label }) };
}

/** Inside a transaction. The inbox keeps its ids: it refers to nothing. */
function remove({ edits }: AgentDatabase, key: string, editor: Viewer): void {
  const run = edits.unfinishedRun.get({ key });
  if (run !== undefined) {
    throw new ClawError(
      "STORE_CONFLICT",
      `run ${run.id} of session ${key} has not ended; stop it, then delete the session`,
    );
  }
  if (edits.pendingDelivery.get({ key }) !== undefined) {
    throw new ClawError(
      "STORE_CONFLICT",
      `an answer of session ${key} is still on its way to its channel; delete the session once it has arrived or was given up`,
    );
  }
  edits.deleteOutbox.run({ key });
  edits.deleteEffects.run({ key });
  edits.deleteEntries.run({ key });
  edits.deleteUsage.run({ key });
  edits.deleteRuns.run({ key });
  edits.deleteMembers.run({ key });
  edits.deleteSession.run({ key, ...editor });
}

function forbidden({ owner }: Viewer, key: string): ClawError {
  return new ClawError("STORE_FORBIDDEN", `${owner} may not write to session ${key}`);
}
