import { z } from "zod";
import { foreign, identifier, sessionKey, shortText } from "./params.ts";
import type { Scope } from "./scopes.ts";
import type { SessionRow } from "./sessions.ts";

const setting = z.string().min(1).max(512).nullable().optional();

export const sessionsPatchParams = z.strictObject({
  key: sessionKey,
  agentId: identifier.optional(),
  expectedSessionId: sessionKey.optional(),
  label: z.string().max(512).nullable().optional().describe("`null` takes it away, as it does every setting."),
  icon: setting,
  color: setting,
  category: setting,
  pinned: z.boolean().optional(),
  archived: z.boolean().optional(),
  unread: z.boolean().optional(),
  model: setting.describe("Role or `provider/model`."),
  thinkingLevel: setting.describe("`off` to `ultra`; see docs/context.md."),
  fastMode: z
    .union([z.boolean(), z.literal("auto")])
    .nullable()
    .optional()
    .describe("Ask for the provider's faster service; `auto` in the first minute of each turn."),
  queueMode: z.enum(["steer", "followup", "collect", "interrupt"]).nullable().optional().describe("Claw's own key."),
  responseUsage: z
    .enum(["off", "tokens", "full", "on"])
    .nullable()
    .optional()
    .describe("`on` is `tokens`. Asks for `operator.admin`."),
  sendPolicy: z.enum(["allow", "deny"]).nullable().optional().describe("Asks for `operator.admin`."),
  ...foreign("agentRuntime", "attention", "autoLabel", "boardFace", "boardPresentation", "contextWindow"),
  elevatedLevel: z
    .enum(["off", "on", "ask", "full"])
    .nullable()
    .optional()
    .describe("Whether commands leave the sandbox; for those in tools.elevated.allowFrom. `null` is `off`."),
  execHost: z.enum(["auto", "sandbox", "gateway", "node"]).nullable().optional().describe("Where commands run."),
  execSecurity: z.enum(["deny", "allowlist", "full"]).nullable().optional().describe("Narrows tools.exec.security."),
  execAsk: z.enum(["off", "on-miss", "always"]).nullable().optional().describe("Narrows tools.exec.ask."),
  ...foreign("execNode", "groupActivation", "permissionMode"),
  ...foreign("reasoningLevel", "sandboxMode", "statusNote", "toolOverrides", "traceLevel", "ttlMinutes"),
  ...foreign("verboseLevel", "expectedLifecycleRevision", "expectedMarkedUnreadAt", "expectedNativeRuntimeConsent"),
  ...foreign("expectedPermissionMode", "expectedSandboxMode", "expectedToolOverrides"),
});

/** What a session may be made with. */
export const newSessionSettings = sessionsPatchParams.pick({
  model: true,
  thinkingLevel: true,
  fastMode: true,
  category: true,
});

const ADMIN_ONLY = ["responseUsage", "sendPolicy"] as const satisfies (keyof z.output<typeof sessionsPatchParams>)[];

/** What a client must hold to make this change. */
export function patchScope(params: z.output<typeof sessionsPatchParams>): Scope {
  return ADMIN_ONLY.some((key) => params[key] !== undefined) ? "operator.admin" : "operator.write";
}

export interface SessionsPatched {
  readonly ok: true;
  readonly key: string;
  readonly entry: SessionRow;
  /** The model that answers in the session from now on. */
  readonly resolved?: { readonly modelProvider: string; readonly model: string };
}

export const sessionsResetParams = z.strictObject({
  key: sessionKey,
  agentId: identifier.optional(),
  reason: shortText.optional(),
  expectedSessionId: sessionKey.optional(),
});
