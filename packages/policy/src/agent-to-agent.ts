import type { Policy } from "@claw/core";

export interface AgentToAgentOptions {
  /** Default: off. */
  readonly enabled?: boolean;
  /** Agents that take part, as sender and as receiver; `*` is all. Default: none. */
  readonly allow?: readonly string[];
}

/**
 * Refuses a message of an agent to another agent's session unless both take part. No opinion about anything else. An
 * agent's principal is called `agent:<id>`, or `agent:<id>:…` for one of its sub-agents.
 */
export function agentToAgent({ enabled = false, allow = [] }: AgentToAgentOptions = {}): Policy {
  const takesPart = (agent: string): boolean => allow.includes("*") || allow.includes(agent);
  return ({ type, principal, agent }) => {
    if (type !== "message.accept" || principal.kind !== "agent") return undefined;
    const sender = /^agent:([^:]+)/.exec(principal.id)?.[1] ?? principal.id;
    if (sender === agent || (enabled && takesPart(sender) && takesPart(agent))) return undefined;
    return {
      effect: "deny",
      rule: enabled ? "tools.agentToAgent.allow" : "tools.agentToAgent.enabled",
      reason: `agent ${sender} may not write to a session of agent ${agent}; see tools.agentToAgent`,
    };
  };
}
