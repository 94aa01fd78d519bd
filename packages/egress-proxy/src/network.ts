import { bindingName, bindingUrl, type CompiledBinding, compileBinding, type EgressBinding } from "./bindings.ts";
import type { EgressIdentity } from "./egress.ts";
import { compileRules, type Match, type RuleSet, type Target } from "./rules.ts";

/** What an identity may reach. */
export interface NetworkRules extends RuleSet {
  /** By the name under which they are called. */
  readonly bindings?: Readonly<Record<string, EgressBinding>>;
  /** Whether a person is asked about what no rule speaks of, where there is one to ask. Default true. */
  readonly ask?: boolean;
}

export interface Network {
  readonly match: (target: Target) => Match;
  readonly bindings: ReadonlyMap<string, CompiledBinding>;
  readonly ask: boolean;
}

/** Throws `EGRESS_RULE` on rules that can't be read. */
export function compileNetwork({ bindings = {}, ask = true, ...rules }: NetworkRules): Network {
  const match = compileRules(rules);
  const compiled = Object.entries(bindings).map(([name, one]) => [name, compileBinding(name, one, match)] as const);
  return { match, bindings: new Map(compiled), ask };
}

export function compiledNetworks(
  rulesOf: (identity: EgressIdentity) => NetworkRules,
): (identity: EgressIdentity) => Network {
  const compiled = new WeakMap<NetworkRules, Network>();
  return (identity) => {
    const rules = rulesOf(identity);
    const known = compiled.get(rules);
    if (known !== undefined) return known;
    const network = compileNetwork(rules);
    compiled.set(rules, network);
    return network;
  };
}

/** What holds for a target that is called directly: names of bindings are no hosts, whatever the rules say. */
export function matchOf({ match, bindings }: Network, target: Target): Match {
  if (bindingName(target.host) === undefined) return match(target);
  const known = [...bindings.keys()].map((name) => `${bindingUrl(name)}/`).join(", ");
  const reason = `bindings are called in plain HTTP, and there are these: ${known || "none"}`;
  return { effect: "deny", rule: "bindings", reason, listed: true };
}
