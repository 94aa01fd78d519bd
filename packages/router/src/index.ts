// From a message to an agent and a session.
export { type DefaultRouterOptions, defaultRouter } from "./default-router.ts";
// From what a client sends.
export { resolveSessionKey, type SessionResolverOptions, sessionResolver } from "./resolve-session-key.ts";
// Keys.
export { formatSessionKey, isAgentId, parseSessionKey, type RouterErrorCode, type SessionKey } from "./session-key.ts";
