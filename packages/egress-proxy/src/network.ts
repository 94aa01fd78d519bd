import type { EgressIdentity } from "./egress.ts";
import { compileRules, type Match, type RuleSet, type Target } from "./rules.ts";

export type NetworkRules = RuleSet;

export interface Network {
  readonly match: (target: Target) => Match;
}

/** Throws `EGRESS_RULE` on rules that can't be read. */
export function compileNetwork(rules: NetworkRules): Network {
  return { match: compileRules(rules) };
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
