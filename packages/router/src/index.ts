// From a message to an agent and a session.
export type { Binding, BindingMatch } from "./bindings.ts";
export { type BroadcastGroup, type BroadcastOptions, createRouter, type RouterOptions } from "./create-router.ts";
export type { DmScope, GroupScope, IdentityLinks } from "./peer-session.ts";
// Where it speaks, and when a session starts over.
export {
  type ResetDecision,
  type ResetPolicyOptions,
  type ResetRule,
  type ResettableMessage,
  resetPolicy,
} from "./reset-policy.ts";
// From what a client sends.
export { resolveSessionKey, type SessionResolverOptions, sessionResolver } from "./resolve-session-key.ts";
export { type SendPolicyOptions, type SendRule, sendPolicy } from "./send-policy.ts";
// Keys.
export { formatSessionKey, isAgentId, parseSessionKey, type RouterErrorCode, type SessionKey } from "./session-key.ts";
