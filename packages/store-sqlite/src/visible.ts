import { hasScope, type Principal } from "@claw/core";
import { sql } from "drizzle-orm";
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

const { placeholder } = sql;

export const inTenant = sql`${sessions.tenant} = ${placeholder("tenant")}`;

export const owned = sql`${inTenant} and ${sessions.owner} = ${placeholder("owner")}`;

/** The one wall: a session of one's own, or any of the tenant for an admin. */
export const visible = sql`${inTenant} and (${sessions.owner} = ${placeholder("owner")} or ${placeholder("admin")})`;
