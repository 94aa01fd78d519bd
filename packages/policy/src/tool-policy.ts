import type { Decision, Policy } from "@claw/core";
import { profileMatchers, type ToolMatcher, type ToolProfile, toolMatcher } from "./tool-groups.ts";

/** One layer. Each part only takes tools away. */
export interface ToolLayer {
  /** Set of tools to start from; every tool when absent. */
  readonly profile?: ToolProfile;
  /** When given and not empty, all others are denied. */
  readonly allow?: readonly string[];
  /** Wins over everything. */
  readonly deny?: readonly string[];
  /** Of what is allowed, what waits for a person's answer first. */
  readonly ask?: readonly string[];
}

/** Takes the configuration's `tools`, `agents.list` and `agents.entries` as they are. */
export interface ToolPolicyOptions extends ToolLayer {
  /** Narrows for one agent; the position is part of the rule's name. */
  readonly agents?: readonly { readonly id: string; readonly tools?: ToolLayer }[];
  /** The same by agent id. */
  readonly entries?: Readonly<Record<string, { readonly tools?: ToolLayer }>>;
}

/** Whether an agent may use a tool: for offering a model only what it may call. */
export type ToolRules = (agent: string, tool: string) => Decision;

/**
 * Decides about tools by name: the wider layer, then the agent's; each can only narrow and deny always wins. `rule`
 * is the configuration key that decided. Throws `POLICY_INVALID` at once for a group or profile that does not exist.
 */
export function toolRules({ agents = [], entries = {}, ...wider }: ToolPolicyOptions): ToolRules {
  const first = compile(wider, "tools");
  const own = new Map<string, readonly Layer[]>();
  const narrow = (id: string, tools: ToolLayer | undefined, key: string): void => {
    if (tools !== undefined) own.set(id, [...(own.get(id) ?? []), compile(tools, key)]);
  };
  for (const [index, { id, tools }] of agents.entries()) narrow(id, tools, `agents.list[${index}].tools`);
  for (const [id, { tools }] of Object.entries(entries)) narrow(id, tools, `agents.entries.${id}.tools`);
  return (agent, tool) => decide([first, ...(own.get(agent) ?? [])], tool);
}

/** {@link toolRules} over `tool.call` actions; no opinion about others. */
export function toolPolicy(options: ToolPolicyOptions): Policy {
  const rules = toolRules(options);
  return ({ type, agent, input }) => {
    if (type !== "tool.call") return undefined;
    const tool = input["tool"];
    if (typeof tool === "string" && tool !== "") return rules(agent, tool);
    return { effect: "deny", rule: "tool-name", reason: "the call does not name a tool" };
  };
}

interface Entry {
  readonly text: string;
  readonly key: string;
  readonly matches: ToolMatcher;
}

interface Layer {
  readonly key: string;
  readonly profile?: { readonly name: string; readonly matchers: readonly ToolMatcher[] };
  readonly allow: readonly Entry[];
  readonly deny: readonly Entry[];
  readonly ask: readonly Entry[];
}

function compile({ profile, allow = [], deny = [], ask = [] }: ToolLayer, key: string): Layer {
  const entries = (list: readonly string[], name: string) =>
    list.map((text, index) => {
      const place = `${key}.${name}[${index}]`;
      return { text, key: place, matches: toolMatcher(text, place) };
    });
  const lists = { key, allow: entries(allow, "allow"), deny: entries(deny, "deny"), ask: entries(ask, "ask") };
  if (profile === undefined) return lists;
  return { ...lists, profile: { name: profile, matchers: profileMatchers(profile, `${key}.profile`) } };
}

function decide(layers: readonly Layer[], tool: string): Decision {
  const denied = layers.flatMap(({ deny }) => deny).find((entry) => entry.matches(tool));
  if (denied)
    return deny(
      denied.key,
      `"${tool}" is denied by ${denied.key} ("${denied.text}"); remove it there to allow the tool`,
    );
  for (const { key, profile, allow } of layers) {
    if (profile && !profile.matchers.some((matches) => matches(tool))) {
      const place = `${key}.profile`;
      return deny(
        place,
        `"${tool}" is not part of the profile "${profile.name}"; set ${place} to a wider one, like "full"`,
      );
    }
    if (allow.length > 0 && !allow.some((entry) => entry.matches(tool))) {
      return deny(`${key}.allow`, `"${tool}" is not in ${key}.allow; add it there to allow the tool`);
    }
  }
  const asking = layers.flatMap(({ ask }) => ask).find((entry) => entry.matches(tool));
  if (asking) {
    return {
      effect: "ask",
      rule: asking.key,
      reason: `"${tool}" needs an approval by ${asking.key} ("${asking.text}")`,
    };
  }
  return {
    effect: "allow",
    rule: layers.map((layer) => allowedBy(layer, tool)).findLast((name) => name !== undefined) ?? "tools",
  };
}

function deny(rule: string, reason: string): Decision {
  return { effect: "deny", rule, reason };
}

function allowedBy({ key, profile, allow }: Layer, tool: string): string | undefined {
  return allow.find((entry) => entry.matches(tool))?.key ?? (profile && `${key}.profile`);
}
