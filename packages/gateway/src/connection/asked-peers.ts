import type { Access } from "@claw/core";
import { type Scope, satisfies } from "@claw/protocol";
import type { AnyAsk } from "../asks.ts";
import type { Audiences } from "../audiences.ts";
import { maySee, type Peer } from "./peers.ts";

/** Those with the scope to whom it is known what was asked; with `access` "write" those of them who may answer. */
export function askedPeers(
  peers: ReadonlySet<Peer>,
  audiences: Pick<Audiences, "accessOf">,
  { owner, session }: Pick<AnyAsk, "owner" | "session">,
  scope: Scope,
  access: Access = "read",
): readonly Peer[] {
  return [...peers].filter(({ principal, scopes }) => {
    if (principal.kind === "agent" || !satisfies(scopes, scope)) return false;
    if (maySee(principal, owner)) return true;
    const has = audiences.accessOf(principal, session);
    return has === "write" || has === access;
  });
}
