import { type Scope as CoreScope, hasScope, type Principal } from "@claw/core";
import type { Scope } from "@claw/protocol";

/** What a principal must hold inside to be given a scope of the protocol. */
const TAKES: Readonly<Record<Scope, CoreScope>> = {
  "operator.read": "read",
  "operator.write": "write",
  "operator.admin": "admin",
  "operator.approvals": "approvals",
  "operator.questions": "write",
  "operator.pairing": "pairing",
  "operator.talk": "write",
  "operator.talk.secrets": "admin",
  "operator.sessions.read": "sessions",
  "operator.sessions.write": "write",
};

/** Of the scopes a client asks for, those that its principal holds. */
export function grantedScopes(asked: readonly Scope[], principal: Principal): readonly Scope[] {
  return asked.filter((scope) => hasScope(principal, TAKES[scope]));
}

/** Opens a method, and must not open behind it what took to be given it. */
const GIVES_NOTHING: ReadonlySet<Scope> = new Set(["operator.talk.secrets"]);

/** A connection can hold less than its credential allows, never more. */
export function narrowed(principal: Principal, granted: readonly Scope[]): Principal {
  const scopes = granted.filter((scope) => !GIVES_NOTHING.has(scope)).map((scope) => TAKES[scope]);
  return { ...principal, scopes: [...new Set(scopes)] };
}
