import type { z } from "zod";
import { type AgentAccepted, type AgentFinal, type AgentWait, agentParams, agentWaitParams } from "./agent.ts";
import { type AgentsList, agentsListParams } from "./agents.ts";
import {
  type ChatAborted,
  type ChatHistory,
  type ChatSendAck,
  chatAbortParams,
  chatHistoryParams,
  chatSendParams,
} from "./chat.ts";
import { type ConfigSnapshot, configGetParams } from "./config.ts";
import type { Presence } from "./handshake.ts";
import { type Health, healthParams, type Status, statusParams, systemPresenceParams } from "./health.ts";
import { type ModelsList, modelsListParams } from "./models.ts";
import { type RunsGet, type RunsList, runsGetParams, runsListParams } from "./runs.ts";
import { type SandboxStatus, sandboxStatusParams } from "./sandbox.ts";
import type { Scope } from "./scopes.ts";
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
  readonly "chat.send": ChatSendAck;
  readonly "chat.history": ChatHistory;
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
  "chat.send": { params: chatSendParams, scope: "operator.write" },
  "chat.history": { params: chatHistoryParams, scope: "operator.read" },
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
