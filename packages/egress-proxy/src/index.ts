// The proxy.

// What is allowed.
export type { CompiledBinding, EgressBinding } from "./bindings.ts";
export type { AskEgress, EgressConsent, EgressQuestion } from "./consent.ts";
export type { Dial } from "./dial.ts";
// What is decided, and where that is recorded.
export type { EgressAudit, EgressDecision, EgressEnd, EgressIdentity, EgressRecord, EgressRequest } from "./egress.ts";
export { type EgressNetworkOptions, egressNetwork } from "./egress-network.ts";
export { type EgressProxy, type EgressProxyOptions, egressProxy } from "./egress-proxy.ts";
export type { EgressErrorCode } from "./errors.ts";
export type { EgressLimits } from "./limits.ts";
export { compileNetwork, type Network, type NetworkRules } from "./network.ts";
export type { Resolve } from "./resolve.ts";
export type { EgressRule, EgressRuleObject, Match, RuleSet, Target } from "./rules.ts";
