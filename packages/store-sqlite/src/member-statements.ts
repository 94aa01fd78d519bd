import { and, asc, eq, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/better-sqlite3";
import type { Client } from "./database.ts";
import { members, sessions } from "./schema.ts";
import { inTenant, managed, owned, visible } from "./visible.ts";

const value = sql.placeholder;

/** Who may see and enter a session besides its owner, compiled once. */
export function memberStatements(client: Client) {
  const orm = drizzle(client);
  const ofSession = eq(members.session, value("key"));
  const thisMember = and(ofSession, eq(members.id, value("id")));
  const isEnough = sql`${members.access} in ('write', ${value("access")})`;
  return {
    session: orm
      .select({ tenant: sessions.tenant, owner: sessions.owner })
      .from(sessions)
      .where(eq(sessions.key, value("key")))
      .prepare(),
    seen: orm
      .select({ owner: sessions.owner })
      .from(sessions)
      .where(and(eq(sessions.key, value("key")), visible))
      .prepare(),
    managed: orm
      .select({ owner: sessions.owner })
      .from(sessions)
      .where(and(eq(sessions.key, value("key")), managed))
      .prepare(),
    list: orm
      .select({ id: members.id, access: members.access })
      .from(members)
      .where(ofSession)
      .orderBy(asc(members.id))
      .prepare(),
    put: orm
      .insert(members)
      .values({ session: value("key"), id: value("id"), access: value("access") })
      .onConflictDoUpdate({ target: [members.session, members.id], set: { access: sql`excluded.access` } })
      .prepare(),
    // A cross join, so that SQLite looks at the few sessions of a member and not at all of the tenant.
    entered: orm
      .select({ key: sessions.key })
      .from(members)
      .crossJoin(sessions)
      .where(and(eq(members.id, value("owner")), isEnough, eq(sessions.key, members.session), inTenant))
      .prepare(),
    shared: orm
      .select({ key: sessions.key })
      .from(sessions)
      .where(and(owned, sql`exists (select 1 from ${members} where ${members.session} = ${sessions.key})`))
      .prepare(),
    drop: orm.delete(members).where(thisMember).prepare(),
  };
}
