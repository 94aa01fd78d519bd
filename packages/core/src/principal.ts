/** What a principal may do. `admin` implies all others, `write` implies `read`, `read` implies `sessions`. */
export type Scope = "read" | "write" | "sessions" | "approvals" | "pairing" | "admin" | "node";

/** Who acts. Made by the gateway from a verified credential, never from a message. */
export interface Principal {
  readonly id: string;
  readonly kind: "user" | "contact" | "agent" | "node" | "service";
  /** Everything a principal can name lives in one tenant; the embedded store has one, `local`. */
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  /** Which credential proved it, for audit and revocation; never the secret. */
  readonly credential: string;
  /** What the configuration calls what they are; absent for those it does not name. */
  readonly role?: string;
}

/** Whether the scopes held by `principal` satisfy `scope`. */
export function hasScope(principal: Pick<Principal, "scopes">, scope: Scope): boolean {
  const held = principal.scopes;
  if (held.includes("admin") || held.includes(scope)) return true;
  if (scope === "sessions") return held.includes("read") || held.includes("write");
  return scope === "read" && held.includes("write");
}
