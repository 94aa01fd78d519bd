// The gateway, and what it is made of.

export { hashPassword, isPasswordHash, verifyPassword } from "./auth/password-hash.ts";
export { type TailscaleOptions, tailscaleServe } from "./auth/tailscale.ts";
export { proxyUser, type TrustedProxyOptions, trustedProxy } from "./auth/trusted-proxy.ts";
// Who gets in.
export {
  type Authenticate,
  type AuthResult,
  type Caller,
  type Credentials,
  firstAccepting,
  refuseEverybody,
  sharedSecret,
  trustEverybody,
  type VerifySecret,
} from "./auth.ts";
export type { AuthRateLimit } from "./auth-limiter.ts";
// Defaults, for those who compose differently.
export { inProcessBus } from "./bus.ts";
// The configuration behind the methods config.*.
export { recordChange } from "./config-audit.ts";
export type { BeforeWrite, ConfigChange, ConfigFile, ConfigRefusal, PlannedChange } from "./config-file.ts";
export { createGateway } from "./create-gateway.ts";
export { logAudit, simpleSessions, soleAgentRouter } from "./defaults.ts";
export type { GatewayErrorCode } from "./errors.ts";
// What happens in it.
export type { GatewayEvent, GatewayListener, RunOutcome, RunRef } from "./events.ts";
export type { ExecControl, ExecSite } from "./exec-control.ts";
export type { Source } from "./forwarded.ts";
export type { NetworkDesk, NetworkQuestion, NetworkSite, ServeNetwork } from "./network-desk.ts";
export type {
  Connection,
  EventLoopDelay,
  Gateway,
  GatewayLimits,
  GatewayOptions,
  Gauges,
  HotOptions,
  QueueRule,
  QueueRules,
  RequestSource,
  ResetRules,
  TailLog,
} from "./options.ts";
export { type OriginRules, originProblem } from "./origin.ts";
// Who shares it.
export {
  type AgentPeople,
  createPeople,
  OWNER_ID,
  type People,
  type PeopleOptions,
  type Person,
  type User,
} from "./people/people.ts";
export { BUILT_IN_ROLES, type Role } from "./people/roles.ts";
export type { SafeMode } from "./safe-mode.ts";
export type { SandboxPlan, SandboxSettings, SandboxSite } from "./sandboxes.ts";
