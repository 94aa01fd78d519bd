import { CLOSE_CODES } from "@claw/protocol";
import type { Peer } from "./peers.ts";
import { closeConnection } from "./wire.ts";

/** Closes every connection whose credential no longer holds. Nothing that it has sent is served any more. */
export function revokePeers(peers: Set<Peer>, matches: (peer: Peer) => boolean, reason: string): void {
  for (const peer of [...peers].filter(matches)) {
    peers.delete(peer);
    closeConnection(peer.connection, CLOSE_CODES.authInvalidated, reason);
  }
}

/** For when a shared secret may be another one now. Devices come back with their own token. */
export function signOutSharedSecrets(peers: Set<Peer>): void {
  const shared = ({ principal }: Peer): boolean => /^gateway-(?:token|password)/.test(principal.credential);
  revokePeers(peers, shared, "the shared secret was changed");
}
