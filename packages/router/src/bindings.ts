import type { Address, Inbound } from "@claw/core";
import type { DmScope, GroupScope } from "./peer-session.ts";

/** One rule of the configuration's `bindings`: what matches goes to this agent. */
export interface Binding {
  readonly agentId: string;
  /** All fields that are given must fit. Ids compare without regard to case. */
  readonly match: BindingMatch;
  readonly session?: { readonly dmScope?: DmScope; readonly groupScope?: GroupScope };
}

export interface BindingMatch {
  readonly channel: string;
  /** `*` is every account; absent is the account `default` alone. */
  readonly accountId?: string;
  /** A thread is `<peer>:thread:<id>`, `<peer>:topic:<id>`, or outside direct conversations its own id; `*` is anybody. */
  readonly peer?: { readonly kind: Address["kind"]; readonly id: string };
  readonly guildId?: string;
  readonly teamId?: string;
  /** One of them is enough. */
  readonly roles?: readonly string[];
}

/** What of a message bindings look at. */
export type Origin = Pick<Inbound, "from" | "guild" | "team" | "roles">;

const DEFAULT_ACCOUNT = "default";

/** From the most to the least specific; the more specific match wins wherever it stands in the list. */
const TIERS = ["peer", "parent peer", "any peer", "guild and roles", "guild", "team", "account", "channel"] as const;
type Tier = (typeof TIERS)[number];

/** The binding that decides: the one of the most specific tier, and of equals the first in the list. */
export function matchBinding(bindings: readonly Binding[], origin: Origin): Binding | undefined {
  const matches = bindings.flatMap((binding) => {
    const tier = tierOf(binding.match, origin);
    return tier === undefined ? [] : [{ binding, rank: TIERS.indexOf(tier) }];
  });
  // A stable sort: equals stay in the order of the list.
  return matches.toSorted((a, b) => a.rank - b.rank)[0]?.binding;
}

function tierOf(match: BindingMatch, { from, guild, team, roles = [] }: Origin): Tier | undefined {
  const { channel, accountId = DEFAULT_ACCOUNT, peer, guildId, teamId, roles: wanted } = match;
  const fits =
    same(channel, from.channel) &&
    (accountId === "*" || same(accountId, from.account)) &&
    (guildId === undefined || same(guildId, guild)) &&
    (teamId === undefined || same(teamId, team)) &&
    (wanted === undefined || wanted.some((role) => roles.some((held) => same(role, held))));
  if (!fits) return undefined;
  if (peer !== undefined) return peer.kind === from.kind ? peerTier(peer.id, from) : undefined;
  if (guildId !== undefined) return wanted === undefined ? "guild" : "guild and roles";
  if (teamId !== undefined) return "team";
  return accountId === "*" ? "channel" : "account";
}

function peerTier(id: string, { peer, kind, thread }: Address): Tier | undefined {
  if (id === "*") return "any peer";
  if (thread === undefined) return same(id, peer) ? "peer" : undefined;
  if (same(id, peer)) return "parent peer";
  const own = [`${peer}:thread:${thread}`, `${peer}:topic:${thread}`, ...(kind === "direct" ? [] : [thread])];
  return own.some((one) => same(id, one)) ? "peer" : undefined;
}

function same(a: string, b: string | undefined): boolean {
  return b !== undefined && a.toLowerCase() === b.toLowerCase();
}
