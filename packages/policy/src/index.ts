// Rules and how they combine.

// The default of a gateway.
export { type AgentToAgentOptions, agentToAgent } from "./agent-to-agent.ts";
export { evaluate, firstOf, rule, shadow, strictest, type Verdict } from "./combinators.ts";
// Outside of the sandbox.
export { type ElevationRules, elevation } from "./elevation.ts";
export type { PolicyErrorCode } from "./errors.ts";
export { type HostCommandRules, hostCommands } from "./host-commands.ts";
export { type HttpToolRulesOptions, httpToolRules } from "./http-tool-rules.ts";
export { type OwnerPolicyOptions, ownerPolicy } from "./owner-policy.ts";
export { type RunBudgetOptions, runBudget } from "./run-budget.ts";
// Tools by name.
export { type ToolProfile, toolGroups, toolProfiles, toolSets } from "./tool-groups.ts";
export { type ToolLayer, type ToolPolicyOptions, type ToolRules, toolPolicy, toolRules } from "./tool-policy.ts";
