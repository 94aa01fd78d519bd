import type { Address } from "@claw/core";
import type { SessionKey } from "./session-key.ts";

/** Which direct messages share a session. */
export type DmScope = "main" | "per-peer" | "per-channel-peer" | "per-account-channel-peer";

/** Whether a group is one session, or each of its members has one there. */
export type GroupScope = "per-group" | "per-sender";

/** A person's name to their accounts, each as `<channel>:<peer>`. */
export type IdentityLinks = Readonly<Record<string, readonly string[]>>;

/** Platforms whose threads are called topics, in keys as everywhere. */
const TOPIC_CHANNELS: ReadonlySet<string> = new Set(["telegram"]);

export interface PeerScopes {
  readonly dmScope: DmScope;
  readonly groupScope: GroupScope;
}

/** Who speaks, as they are called in a key. */
export interface Speaker {
  readonly sender: string;
  /** Their name, where an identity link gives them one. */
  readonly person: string | undefined;
}

/** The session of a conversation: a person's by `dmScope`, every group, channel and thread one of its own by `groupScope`. */
export function peerSession(
  agent: string,
  from: Address,
  { dmScope, groupScope }: PeerScopes,
  { person, sender }: Speaker,
): SessionKey {
  const { channel, account, kind, thread } = from;
  const within = thread === undefined ? {} : { [TOPIC_CHANNELS.has(channel) ? "topic" : "thread"]: thread };
  if (kind !== "direct") {
    const own = groupScope === "per-sender" ? { sender: person ?? sender } : {};
    return { agent, kind, channel, peer: from.peer, ...within, ...own };
  }
  const tail = { peer: person ?? from.peer, ...within };
  switch (dmScope) {
    case "main":
      return { agent, kind: "main" };
    case "per-peer":
      return { agent, kind, ...tail };
    case "per-channel-peer":
      return { agent, kind, channel, ...tail };
    case "per-account-channel-peer":
      return { agent, kind, channel, account, ...tail };
  }
}

/** Finds who an account belongs to; of two persons that claim one, the first. */
export function identityOf(links: IdentityLinks): (channel: string, peer: string) => string | undefined {
  const persons = new Map<string, string>();
  for (const [person, accounts] of Object.entries(links)) {
    for (const account of accounts) {
      const id = account.toLowerCase();
      if (!persons.has(id)) persons.set(id, person.toLowerCase());
    }
  }
  return (channel, peer) => persons.get(`${channel}:${peer}`.toLowerCase());
}
