import type { Scope } from "@claw/core";

/** What somebody may do, whoever they are. */
export interface Role {
  readonly scopes: readonly Exclude<Scope, "sessions" | "node">[];
  /** The agents it may talk to. Default: all that are not kept for some people. */
  readonly agents?: readonly string[];
}

/** Who sees everybody's sessions is who holds `admin`. */
export const BUILT_IN_ROLES = {
  /** Whoever holds the gateway's own secret, and whoever is as much the owner. */
  owner: { scopes: ["admin"] },
  admin: { scopes: ["admin"] },
  operator: { scopes: ["write", "approvals", "pairing"] },
  member: { scopes: ["write"] },
  viewer: { scopes: ["read"], agents: [] },
} as const satisfies Readonly<Record<string, Role>>;
