import { type Address, ClawError } from "@claw/core";
import { parseSessionKey, type RouterErrorCode, type SessionKey } from "./session-key.ts";

/** What kind of conversation a session is. */
export interface Chat {
  readonly channel?: string;
  readonly type: "direct" | "group" | "channel";
  readonly threaded: boolean;
}

/** As the message's own address says, else as the key does; a session that only clients have is a direct one. */
export function chatOf(session: string, from?: Address): Chat {
  if (from !== undefined) return { channel: from.channel, type: from.kind, threaded: from.thread !== undefined };
  const key = keyOf(session);
  if (key === undefined || !("peer" in key)) return { type: "direct", threaded: false };
  const threaded = key.thread !== undefined || key.topic !== undefined;
  return { ...(key.channel === undefined ? {} : { channel: key.channel }), type: key.kind, threaded };
}

function keyOf(session: string): SessionKey | undefined {
  try {
    return parseSessionKey(session);
  } catch (error) {
    if (ClawError.is<RouterErrorCode>(error, "ROUTER_SESSION_KEY")) return undefined;
    throw error;
  }
}
