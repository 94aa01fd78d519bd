import type { RunRef } from "../events.ts";
import type { MethodDeps } from "../methods/context.ts";
import { sessionRow } from "../methods/sessions.ts";
import { maySee, type Peer } from "./peers.ts";

/** Tells the peers that follow sessions what a session looks like now. */
export function createSessionEvents(
  { store, runs }: Pick<MethodDeps, "store" | "runs">,
  peers: ReadonlySet<Peer>,
): (ref: RunRef, reason: string) => void {
  const tell = async (peer: Peer, ref: RunRef, reason: string): Promise<void> => {
    const session = await store.as(peer.principal).sessions.get(ref.session);
    if (session === undefined) return;
    peer.sendEvent(
      "sessions.changed",
      JSON.stringify({ ...sessionRow(session, runs), sessionKey: ref.session, reason }),
    );
  };
  return (ref, reason) => {
    for (const peer of peers) {
      if (!peer.followsSessions || !maySee(peer.principal, ref.owner)) continue;
      // A store that can't be read now is no reason to fail a run; the client reads the list again at its next chance.
      tell(peer, ref, reason).catch(() => {});
    }
  };
}
