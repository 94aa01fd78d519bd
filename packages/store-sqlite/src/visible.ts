import { type Access, hasScope, type Principal, type Session } from "@claw/core";
import { sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { members, sessions } from "./schema.ts";

/** A type, not an interface, because it is passed whole as the values of placeholders. */
export type Viewer = {
  readonly tenant: string | null;
  readonly owner: string;
  readonly admin: 0 | 1;
  /** The least that a member must have been given. */
  readonly access: Access;
};

/** Without the read scope there is no tenant, and a NULL tenant matches no row. */
export function viewerOf(principal: Principal): Viewer {
  return {
    tenant: hasScope(principal, "read") ? principal.tenant : null,
    owner: principal.id,
    admin: principal.scopes.includes("admin") ? 1 : 0,
    access: "read",
  };
}

/** The same, for what changes a session. */
export function editorOf(principal: Principal): Viewer {
  return { ...viewerOf(principal), tenant: hasScope(principal, "write") ? principal.tenant : null, access: "write" };
}

const { placeholder } = sql;

export const inTenant = sql`${sessions.tenant} = ${placeholder("tenant")}`;

export const owned = sql`${inTenant} and ${sessions.owner} = ${placeholder("owner")}`;

/** The wall around what is nobody's but its owner's: one's own, or anything of the tenant for an admin. */
export const behindWall = ({ tenant, owner }: { readonly tenant: SQLiteColumn; readonly owner: SQLiteColumn }) =>
  sql`${tenant} = ${placeholder("tenant")} and (${owner} = ${placeholder("owner")} or ${placeholder("admin")})`;

/** For who manages a session. */
export const managed = behindWall(sessions);

const isMember = sql`exists (
  select 1 from ${members} where ${members.session} = ${sessions.key} and ${members.id} = ${placeholder("owner")}
  and ${members.access} in ('write', ${placeholder("access")})
)`;

/** The one wall around sessions and all that is in them: their owner, their members, and the admins of the tenant. */
export const visible = sql`${inTenant} and (
  ${sessions.owner} = ${placeholder("owner")} or ${placeholder("admin")} or ${isMember}
)`;

/** What the viewer may do with a session they see. */
export const access = sql<Session["access"]>`iif(
  ${sessions.owner} = ${placeholder("owner")} or ${placeholder("admin")}, 'manage', (
    select ${members.access} from ${members}
    where ${members.session} = ${sessions.key} and ${members.id} = ${placeholder("owner")}
  )
)`;
