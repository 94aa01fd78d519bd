import type { Audience, Collections, Principal } from "@claw/core";
import type { AgentDatabase, AgentDatabases } from "./agent-databases.ts";
import { editorOf, viewerOf } from "./visible.ts";

type Sharing = Pick<Collections["sessions"], "members" | "share" | "unshare">;

/** Who is let into the sessions that `principal` sees, and manages. */
export function sessionMembers(databases: AgentDatabases, principal: Principal): Sharing {
  const viewer = viewerOf(principal);
  const editor = editorOf(principal);

  /** Runs on a session that is the principal's to share. */
  const manage = async (key: string, work: (database: AgentDatabase, owner: string) => boolean): Promise<boolean> => {
    const database = databases.find(key);
    if (database === undefined) return false;
    return database.write(() => {
      const session = database.members.managed.get({ key, ...editor });
      return session !== undefined && work(database, session.owner);
    });
  };

  return {
    async members(key) {
      const database = databases.find(key);
      return database?.read(() => {
        const { list, seen } = database.members;
        return seen.get({ key, ...viewer }) && list.all({ key });
      });
    },
    share: (key, { id, access }) =>
      manage(key, ({ members }, owner) => {
        if (id !== owner) members.put.run({ key, id, access });
        return true;
      }),
    unshare: (key, id) => manage(key, ({ members }) => members.drop.run({ key, id }).changes > 0),
  };
}

/** Not behind the wall: for the gateway itself. */
export function audience({ members }: AgentDatabase, key: string): Audience | undefined {
  const session = members.session.get({ key });
  return session && { ...session, members: members.list.all({ key }) };
}
