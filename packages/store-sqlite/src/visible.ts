import { hasScope, type Principal } from "@claw/core";
import { sql } from "drizzle-orm";
import type { SQLiteColumn } from "drizzle-orm/sqlite-core";
import { sessions } from "./schema.ts";

/** A type, not an interface, because it is passed whole as the values of placeholders. */
export type Viewer = {
  readonly tenant: string | null;
  readonly owner: string;
  readonly admin: 0 | 1;
};

/** Without the read scope there is no tenant, and a NULL tenant matches no row. */
export function viewerOf(principal: Principal): Viewer {
  return {
    tenant: hasScope(principal, "read") ? principal.tenant : null,
    owner: principal.id,
    admin: principal.scopes.includes("admin") ? 1 : 0,
  };
}

/** The same, for what changes a session. */
export function editorOf(principal: Principal): Viewer {
  return { ...viewerOf(principal), tenant: hasScope(principal, "write") ? principal.tenant : null };
}

const { placeholder } = sql;

export const inTenant = sql`${sessions.tenant} = ${placeholder("tenant")}`;

export const owned = sql`${inTenant} and ${sessions.owner} = ${placeholder("owner")}`;

/** The one wall: what is one's own, or anything of the tenant for an admin. */
export const behindWall = ({ tenant, owner }: { readonly tenant: SQLiteColumn; readonly owner: SQLiteColumn }) =>
  sql`${tenant} = ${placeholder("tenant")} and (${owner} = ${placeholder("owner")} or ${placeholder("admin")})`;

export const visible = behindWall(sessions);
