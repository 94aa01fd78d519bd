import type { Entry, Store } from "@claw/core";
import type { SessionMessageEvent } from "@claw/protocol";
import type { GatewayEvent } from "../events.ts";
import type { MessageFollow, Peer } from "./peers.ts";
import { historyMessage } from "./wire-messages.ts";

/** Tells the peers that follow a session what its journal has got since they were last told. */
export function createSessionMessages(store: Store, peers: ReadonlySet<Peer>): (event: GatewayEvent) => void {
  const catchUp = async (peer: Peer, event: GatewayEvent, follow: MessageFollow): Promise<void> => {
    const entries = await store.as(peer.principal).transcript.read(event.session);
    if (peer.follows.get(event.session) !== follow) return;
    for (const entry of entries) {
      if (entry.sequence <= follow.after) continue;
      follow.after = entry.sequence;
      peer.sendEvent("session.message", JSON.stringify(messageEvent(entry, event.agent)));
    }
  };
  return (event) => {
    if (!hasWritten(event)) return;
    for (const peer of peers) {
      const follow = peer.follows.get(event.session);
      if (follow === undefined) continue;
      // What can't be read now is told with the next.
      follow.reading = follow.reading.then(() => catchUp(peer, event, follow)).catch(() => {});
    }
  };
}

/** Events that come after a write to the transcript. */
function hasWritten(event: GatewayEvent): boolean {
  if (event.type === "turn-event") return event.event.type === "step" && event.event.message.toolCalls.length > 0;
  return event.type === "message-accepted" || event.type === "tool-end" || event.type === "run-ended";
}

function messageEvent(entry: Entry, agentId: string): SessionMessageEvent {
  const message = historyMessage(entry);
  const messageId = message.__openclaw?.id ?? "";
  return { sessionKey: entry.session, agentId, runId: entry.run, messageId, messageSeq: entry.sequence, message };
}
