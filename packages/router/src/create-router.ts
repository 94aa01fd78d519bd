import type { Address, Inbound, Route, Router } from "@claw/core";
import { type Binding, matchBinding } from "./bindings.ts";
import { mentionGate } from "./mention-gate.ts";
import {
  type DmScope,
  type GroupScope,
  type IdentityLinks,
  identityOf,
  type PeerScopes,
  peerSession,
} from "./peer-session.ts";
import { formatSessionKey } from "./session-key.ts";

export interface RouterOptions {
  /** Answers what no binding matches. Absent: nobody does. */
  readonly defaultAgent?: string;
  readonly bindings?: readonly Binding[];
  /** Default `per-channel-peer`; a binding's own goes first. */
  readonly dmScope?: DmScope;
  /** Default `per-group`; a binding's own goes first. */
  readonly groupScope?: GroupScope;
  /** Has no effect under the scope `main`. */
  readonly identityLinks?: IdentityLinks;
  /** Names of the bot besides its mention on the platform, as regular expressions. */
  readonly mentionPatterns?: readonly string[];
  readonly broadcast?: BroadcastOptions;
}

export interface BroadcastOptions {
  /** Default `parallel`. */
  readonly strategy?: "parallel" | "sequential";
  /** By `<channel>:<peer>`: goes before the bindings. */
  readonly groups: Readonly<Record<string, BroadcastGroup>>;
}

export interface BroadcastGroup {
  readonly agents: readonly [string, ...string[]];
  /** Only what is meant for the bot is answered. Default true. */
  readonly mentionGating?: boolean;
  /** See `Broadcast` of `@claw/core`. */
  readonly maxRounds?: number;
  readonly maxTurns?: number;
}

/**
 * From a message to who answers it and where: broadcast groups, then bindings, then the default agent. What is not
 * meant for the bot goes nowhere. Throws `SyntaxError` for a mention pattern that is no regular expression.
 */
export function createRouter(options: RouterOptions): Router {
  const { defaultAgent, bindings = [], identityLinks = {}, broadcast } = options;
  const { dmScope = "per-channel-peer", groupScope = "per-group" } = options;
  const scopes: PeerScopes = { dmScope, groupScope };
  const isMeant = mentionGate(options.mentionPatterns ?? []);
  const personOf = identityOf(identityLinks);
  const groups = new Map(Object.entries(broadcast?.groups ?? {}).map(([peer, group]) => [peer.toLowerCase(), group]));

  const routeTo = (agent: string, { from, sender }: Inbound, within: PeerScopes): Route => {
    const person = within.dmScope === "main" ? undefined : personOf(from.channel, idOf(from, sender.id));
    const session = formatSessionKey(peerSession(agent, from, within, { person, sender: sender.id }));
    const own = from.kind !== "direct" && within.groupScope === "per-sender";
    return { agent, session, ...(person === undefined ? {} : { person }), ...(own ? { own } : {}) };
  };

  return (message) => {
    const meant = isMeant(message);
    const group = groups.get(`${message.from.channel}:${message.from.peer}`.toLowerCase());
    if (group !== undefined) {
      if (!meant && group.mentionGating !== false) return undefined;
      const { agents, maxRounds, maxTurns } = group;
      const [first, ...rest] = agents;
      const to = (agent: string): Route => routeTo(agent, message, scopes);
      return {
        strategy: broadcast?.strategy ?? "parallel",
        routes: [to(first), ...rest.map(to)],
        ...(maxRounds === undefined ? {} : { maxRounds }),
        ...(maxTurns === undefined ? {} : { maxTurns }),
      };
    }
    if (!meant) return undefined;
    const binding = matchBinding(bindings, message);
    const agent = binding?.agentId ?? defaultAgent;
    return agent === undefined ? undefined : routeTo(agent, message, { ...scopes, ...binding?.session });
  };
}

/** A direct conversation is with its peer; in a group it is the sender who is somebody. */
function idOf(from: Address, sender: string): string {
  return from.kind === "direct" ? from.peer : sender;
}
