import type { Address, Router } from "@claw/core";
import { formatSessionKey, type SessionKey } from "./session-key.ts";

export interface DefaultRouterOptions {
  readonly defaultAgent: string;
  /** Which direct messages share a session. Default `per-channel-peer`. */
  readonly dmScope?: "main" | "per-peer" | "per-channel-peer" | "per-account-channel-peer";
}

/**
 * Everything goes to one agent: direct messages by `dmScope`, every group and thread into a session of its own. What
 * does not address the bot goes nowhere.
 */
export function defaultRouter({ defaultAgent, dmScope = "per-channel-peer" }: DefaultRouterOptions): Router {
  return ({ addressed, from }) =>
    addressed ? { agent: defaultAgent, session: formatSessionKey(keyOf(from)) } : undefined;

  function keyOf({ channel, account, peer, kind, thread }: Address): SessionKey {
    const tail = { peer, ...(thread === undefined ? {} : { thread }) };
    if (kind === "group") return { agent: defaultAgent, kind, channel, ...tail };
    switch (dmScope) {
      case "main":
        return { agent: defaultAgent, kind: "main" };
      case "per-peer":
        return { agent: defaultAgent, kind, ...tail };
      case "per-channel-peer":
        return { agent: defaultAgent, kind, channel, ...tail };
      case "per-account-channel-peer":
        return { agent: defaultAgent, kind, channel, account, ...tail };
    }
  }
}
