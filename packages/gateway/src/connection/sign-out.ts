import type { People } from "../people/people.ts";
import type { Peer } from "./peers.ts";
import { revokePeers } from "./revoke.ts";

/** For when users may be gone, or may do something else than when they came. */
export function signOutChanged(peers: Set<Peer>, people: Pick<People, "current">): void {
  const changed = ({ principal }: Peer): boolean => {
    const now = people.current(principal);
    return now === undefined || now.role !== principal.role || now.scopes.length !== principal.scopes.length;
  };
  revokePeers(peers, changed, "what you may do was changed; connect again");
}
