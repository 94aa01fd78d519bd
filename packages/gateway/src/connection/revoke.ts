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

/** For when other proxies are trusted now: whom one of them spoke for comes in again, if it still may. */
export function signOutProxied(peers: Set<Peer>): void {
  const proxied = ({ principal }: Peer): boolean => /^(?:trusted-proxy$|tailscale:)/.test(principal.credential);
  revokePeers(peers, proxied, "which proxies are trusted was changed; connect again");
}

/** For when the gateway is entered another way now. What devices and users have of their own still holds. */
export function signOutAuthenticated(peers: Set<Peer>): void {
  const entered = ({ principal }: Peer): boolean => !/^(?:device|user):/.test(principal.credential);
  revokePeers(peers, entered, "how this gateway is entered was changed; connect again");
}
