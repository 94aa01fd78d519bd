import { CLOSE_CODES, MAX_WRONG_ROLE_CALLS } from "@claw/protocol";
import type { Peer } from "../connection/peers.ts";
import { closeConnection } from "../connection/wire.ts";
import { MethodError } from "./context.ts";

/** Refuses a node what is an operator's, and closes a connection that goes on asking. */
export function createRoleGuard(): (peer: Peer, method: string) => void {
  const calls = new WeakMap<Peer, number>();
  return (peer, method) => {
    if (peer.role === "operator" || method === "health") return;
    const count = (calls.get(peer) ?? 0) + 1;
    calls.set(peer, count);
    if (count > MAX_WRONG_ROLE_CALLS)
      closeConnection(peer.connection, CLOSE_CODES.policy, "too many calls of another role");
    throw new MethodError({
      code: "FORBIDDEN",
      message: `unauthorized role: ${peer.role}`,
      details: { code: "WRONG_ROLE", role: peer.role, requiredRole: "operator" },
    });
  };
}
