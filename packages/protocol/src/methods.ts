import type { z } from "zod";
import { type AgentAccepted, type AgentFinal, type AgentWait, agentParams, agentWaitParams } from "./agent.ts";
import { type AgentsList, agentsListParams } from "./agents.ts";
import {
  type ChatAborted,
  type ChatHistory,
  type ChatMessageGet,
  type ChatSendAck,
  chatAbortParams,
  chatHistoryParams,
  chatMessageGetParams,
  chatSendParams,
} from "./chat.ts";
import { type ConfigSnapshot, configGetParams } from "./config.ts";
import type { Presence } from "./handshake.ts";
import { type Health, healthParams, type Status, statusParams, systemPresenceParams } from "./health.ts";
import { type ModelsList, modelsListParams } from "./models.ts";
import { type RunsGet, type RunsList, runsGetParams, runsListParams } from "./runs.ts";
import { type SandboxStatus, sandboxStatusParams } from "./sandbox.ts";
import type { Scope } from "./scopes.ts";
import {
  type SessionsAborted,
  type SessionsCreated,
  type SessionsDeleted,
  type SessionsPatched,
  type SessionsSent,
  sessionsAbortParams,
  sessionsCreateParams,
  sessionsDeleteParams,
  sessionsPatchParams,
  sessionsResetParams,
  sessionsSendParams,
} from "./session-edits.ts";
import {
  type SessionsMessagesSubscribed,
  sessionsMessagesSubscribeParams,
  sessionsMessagesUnsubscribeParams,
} from "./session-messages.ts";
import {
  type SessionsDescribe,
  type SessionsGet,
  type SessionsPreview,
  type SessionsResolved,
  sessionsDescribeParams,
  sessionsGetParams,
  sessionsPreviewParams,
  sessionsResolveParams,
} from "./session-reading.ts";
import { type SessionsSearch, sessionsSearchParams } from "./session-search.ts";
import { type SessionsList, type SessionsSubscribed, sessionsListParams, sessionsSubscribeParams } from "./sessions.ts";

/** What each method answers. */
export interface MethodResults {
  readonly health: Health;
  readonly status: Status;
  /** Every connected client that the caller may know of. */
  readonly "system-presence": readonly Presence[];
  readonly "agents.list": AgentsList;
  readonly "sessions.list": SessionsList;
  readonly "sessions.subscribe": SessionsSubscribed;
  readonly "sessions.describe": SessionsDescribe;
  readonly "sessions.get": SessionsGet;
  readonly "sessions.resolve": SessionsResolved;
  readonly "sessions.preview": SessionsPreview;
  readonly "sessions.messages.subscribe": SessionsMessagesSubscribed;
  readonly "sessions.messages.unsubscribe": SessionsMessagesSubscribed;
  readonly "sessions.search": SessionsSearch;
  readonly "sessions.create": SessionsCreated;
  readonly "sessions.send": SessionsSent;
  readonly "sessions.abort": SessionsAborted;
  readonly "sessions.patch": SessionsPatched;
  readonly "sessions.reset": SessionsPatched;
  readonly "sessions.delete": SessionsDeleted;
  readonly "chat.send": ChatSendAck;
  readonly "chat.history": ChatHistory;
  readonly "chat.message.get": ChatMessageGet;
  readonly "chat.abort": ChatAborted;
  readonly agent: AgentAccepted;
  readonly "agent.wait": AgentWait;
  readonly "models.list": ModelsList;
  readonly "config.get": ConfigSnapshot;
  readonly "runs.get": RunsGet;
  readonly "runs.list": RunsList;
  readonly "sandbox.status": SandboxStatus;
}

/** What the methods that answer twice say the second time. */
export interface FinalResults {
  readonly agent: AgentFinal;
}

export interface MethodSpec {
  /** Closed: an unknown key is refused. */
  readonly params: z.ZodObject;
  /** `undefined`: any admitted client may call it. */
  readonly scope: Scope | undefined;
}

/** Every method of this protocol after `connect`. Look names from the wire up with {@link isMethod} first. */
export const methods = {
  health: { params: healthParams, scope: undefined },
  status: { params: statusParams, scope: "operator.read" },
  "system-presence": { params: systemPresenceParams, scope: "operator.read" },
  "agents.list": { params: agentsListParams, scope: "operator.read" },
  "sessions.list": { params: sessionsListParams, scope: "operator.read" },
  "sessions.subscribe": { params: sessionsSubscribeParams, scope: "operator.read" },
  "sessions.describe": { params: sessionsDescribeParams, scope: "operator.read" },
  "sessions.get": { params: sessionsGetParams, scope: "operator.read" },
  "sessions.resolve": { params: sessionsResolveParams, scope: "operator.read" },
  "sessions.preview": { params: sessionsPreviewParams, scope: "operator.read" },
  "sessions.messages.subscribe": { params: sessionsMessagesSubscribeParams, scope: "operator.read" },
  "sessions.messages.unsubscribe": { params: sessionsMessagesUnsubscribeParams, scope: "operator.read" },
  "sessions.search": { params: sessionsSearchParams, scope: "operator.read" },
  "sessions.create": { params: sessionsCreateParams, scope: "operator.write" },
  "sessions.send": { params: sessionsSendParams, scope: "operator.write" },
  "sessions.abort": { params: sessionsAbortParams, scope: "operator.write" },
  "sessions.patch": { params: sessionsPatchParams, scope: "operator.write" },
  "sessions.reset": { params: sessionsResetParams, scope: "operator.admin" },
  "sessions.delete": { params: sessionsDeleteParams, scope: "operator.admin" },
  "chat.send": { params: chatSendParams, scope: "operator.write" },
  "chat.history": { params: chatHistoryParams, scope: "operator.read" },
  "chat.message.get": { params: chatMessageGetParams, scope: "operator.read" },
  "chat.abort": { params: chatAbortParams, scope: "operator.write" },
  agent: { params: agentParams, scope: "operator.write" },
  "agent.wait": { params: agentWaitParams, scope: "operator.write" },
  "models.list": { params: modelsListParams, scope: "operator.read" },
  "config.get": { params: configGetParams, scope: "operator.read" },
  "runs.get": { params: runsGetParams, scope: "operator.read" },
  "runs.list": { params: runsListParams, scope: "operator.read" },
  "sandbox.status": { params: sandboxStatusParams, scope: "operator.read" },
} as const satisfies Record<keyof MethodResults, MethodSpec>;

export type MethodName = keyof typeof methods;
/** What a client sends, and what a handler gets once parsed. */
export type Params<Method extends MethodName> = z.output<(typeof methods)[Method]["params"]>;
/** The first answer. */
export type Result<Method extends MethodName> = MethodResults[Method];
/** The last answer: the second one of a method that answers twice. */
export type FinalResult<Method extends MethodName> = Method extends keyof FinalResults
  ? FinalResults[Method]
  : MethodResults[Method];

export function isMethod(name: string): name is MethodName {
  return Object.hasOwn(methods, name);
}
