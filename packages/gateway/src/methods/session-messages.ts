import { unavailable } from "@claw/protocol";
import type { MessageFollow } from "../connection/peers.ts";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";
import { sessionOf } from "./session-of.ts";

/** Sessions that one connection may follow. */
const MAX_FOLLOWS = 256;

export function sessionMessageMethods(
  deps: MethodDeps,
): Pick<Handlers, "sessions.messages.subscribe" | "sessions.messages.unsubscribe"> {
  return {
    async "sessions.messages.subscribe"({ key, agentId }, { peer, principal }) {
      const { session } = sessionOf(deps, key, agentId);
      if (!peer.follows.has(session) && peer.follows.size >= MAX_FOLLOWS) {
        throw new MethodError(unavailable(`too many sessions followed: expected at most ${MAX_FOLLOWS}`));
      }
      const follow: MessageFollow = { after: 0, reading: Promise.resolve() };
      peer.follows.set(session, follow);
      const newest = deps.store.as(principal).transcript.read(session, { limit: 1 });
      const started = newest.then(([entry]) => {
        follow.after = entry?.sequence ?? 0;
      });
      follow.reading = started.catch(() => {});
      await started;
      return { subscribed: true, key: session };
    },

    async "sessions.messages.unsubscribe"({ key, agentId }, { peer }) {
      const { session } = sessionOf(deps, key, agentId);
      peer.follows.delete(session);
      return { subscribed: false, key: session };
    },
  };
}
