import type { Session } from "@claw/core";
import type { MethodDeps } from "../methods/context.ts";
import { sessionRow } from "../methods/session-row.ts";
import type { Peer } from "./peers.ts";

/** Tells the peers that follow sessions what a session looks like now; who may not see it hears nothing. */
export interface SessionEvents {
  /** After a change that a run made. */
  ofRun(session: string, reason: string): void;
  /** After a change to the session as a whole. */
  changed(key: string, reason: string): void;
  /** Deletes a session and tells those who saw it until then. */
  deleting(key: string, remove: () => Promise<boolean>): Promise<boolean>;
}

export function createSessionEvents(
  deps: Pick<MethodDeps, "store" | "runs" | "audiences" | "agents" | "models">,
  peers: ReadonlySet<Peer>,
): SessionEvents {
  const { store, audiences } = deps;
  const followers = (): readonly Peer[] => [...peers].filter((peer) => peer.followsSessions);
  const seenBy = (peer: Peer, key: string): Promise<Session | undefined> => store.as(peer.principal).sessions.get(key);

  const send = (peer: Peer, session: Session | undefined, reason: string): void => {
    if (session === undefined) return;
    const payload = { ...sessionRow(session, deps), sessionKey: session.key, reason };
    peer.sendEvent("sessions.changed", JSON.stringify(payload));
  };
  // A store that can't be read now is no reason to fail a run; the client reads the list again at its next chance.
  const tell = (peer: Peer, key: string, reason: string): void =>
    void seenBy(peer, key)
      .then((session) => send(peer, session, reason))
      .catch(() => {});

  return {
    ofRun(session, reason) {
      for (const peer of followers()) if (audiences.maySee(peer.principal, session)) tell(peer, session, reason);
    },
    changed(key, reason) {
      for (const peer of followers()) tell(peer, key, reason);
    },
    async deleting(key, remove) {
      const saw = await Promise.all(followers().map(async (peer) => ({ peer, session: await seenBy(peer, key) })));
      const deleted = await remove();
      if (deleted) for (const { peer, session } of saw) send(peer, session, "delete");
      return deleted;
    },
  };
}
