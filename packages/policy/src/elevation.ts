import type { Decision, Principal } from "@claw/core";

/** The configuration's `tools.elevated`. */
export interface ElevationRules {
  /** Default: nobody leaves a sandbox. */
  readonly enabled?: boolean;
  /** Ids of users, `owner` among them. Default: nobody. */
  readonly allowFrom?: readonly string[];
}

/** Whether somebody may have the commands of a session run outside of its sandbox; never an agent, a contact or a node. */
export function elevation({ enabled = false, allowFrom = [] }: ElevationRules, { kind, id }: Principal): Decision {
  if (!enabled) return deny("tools.elevated.enabled", "nobody leaves the sandbox; set tools.elevated.enabled to true");
  const index = kind === "user" ? allowFrom.indexOf(id) : -1;
  if (index >= 0) return { effect: "allow", rule: `tools.elevated.allowFrom[${index}]` };
  return deny("tools.elevated.allowFrom", `"${id}" is not listed; add the id of a user to tools.elevated.allowFrom`);
}

function deny(rule: string, reason: string): Decision {
  return { effect: "deny", rule, reason };
}
