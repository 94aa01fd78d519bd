import type { Action, Decision, Policy } from "@claw/core";

const STRICTNESS = { allow: 0, ask: 1, deny: 2 } as const;

/** A decision without the name of its rule. */
export type Verdict = { readonly effect: "allow" } | { readonly effect: "deny" | "ask"; readonly reason: string };

/** One named rule: its verdict where `matches` holds, else no opinion. */
export function rule(name: string, matches: (action: Action) => boolean, verdict: Verdict): Policy {
  return (action) => (matches(action) ? { ...verdict, rule: name } : undefined);
}

/** The first opinion counts. A policy that throws denies there and then. */
export function firstOf(...policies: readonly Policy[]): Policy {
  return async (action) => {
    for (const policy of policies) {
      const decision = await opinionOf(policy, action);
      if (decision !== undefined) return decision;
    }
    return undefined;
  };
}

/** All are asked; deny beats ask beats allow, and of equals the first counts. A policy that throws denies. */
export function strictest(...policies: readonly Policy[]): Policy {
  return async (action) => {
    const decisions = await Promise.all(policies.map((policy) => opinionOf(policy, action)));
    return decisions.reduce(stricter, undefined);
  };
}

/** Reports what `policy` would decide and has no opinion itself: for trying a rule before it counts. */
export function shadow(policy: Policy, report: (action: Action, decision: Decision | undefined) => void): Policy {
  return async (action) => {
    const decision = await opinionOf(policy, action);
    try {
      report(action, decision);
    } catch {
      // A reporter that fails must not change what is decided.
    }
    return undefined;
  };
}

/** The final word, never a rejection: no opinion is deny by `default-deny`, a throw is deny by `policy-error`. */
export async function evaluate(policy: Policy, action: Action): Promise<Decision> {
  const decision = await opinionOf(policy, action);
  const reason = `no rule allows ${action.type}, and what no rule allows is denied; add a rule to the policy`;
  return decision ?? { effect: "deny", rule: "default-deny", reason };
}

async function opinionOf(policy: Policy, action: Action): Promise<Decision | undefined> {
  try {
    const decision = await policy(action);
    if (decision === undefined || Object.hasOwn(STRICTNESS, decision.effect)) return decision;
    return failed("it returned something that is not a decision");
  } catch (error) {
    // Its name only: a message may quote the input, which may hold a secret.
    return failed(`it threw ${error instanceof Error ? error.name : "something that is not an error"}`);
  }
}

function failed(what: string): Decision {
  return {
    effect: "deny",
    rule: "policy-error",
    reason: `a policy failed (${what}), and what can't be decided is denied`,
  };
}

function stricter(a: Decision | undefined, b: Decision | undefined): Decision | undefined {
  if (a === undefined || b === undefined) return a ?? b;
  return STRICTNESS[b.effect] > STRICTNESS[a.effect] ? b : a;
}
