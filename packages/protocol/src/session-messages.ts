import { z } from "zod";
import type { HistoryMessage } from "./messages.ts";
import type { MethodSpecs } from "./method-spec.ts";
import { identifier, sessionKey } from "./params.ts";

/** From then on this connection gets `session.message` for the session, should it come to be only later. */
const sessionsMessagesSubscribeParams = z.strictObject({
  key: sessionKey,
  agentId: identifier.optional(),
  includeApprovals: z.literal(true).optional(),
});

const sessionsMessagesUnsubscribeParams = z.strictObject({ key: sessionKey, agentId: identifier.optional() });

export interface SessionsMessagesSubscribed {
  readonly subscribed: boolean;
  /** In full. */
  readonly key: string;
}

/** A message that has just become durable. */
export interface SessionMessageEvent {
  readonly sessionKey: string;
  readonly agentId: string;
  readonly runId: string;
  readonly messageId: string;
  /** 1, 2, 3, … within the session: a gap tells a client to read the history again. */
  readonly messageSeq: number;
  readonly message: HistoryMessage;
}

export interface SessionMessagesResults {
  readonly "sessions.messages.subscribe": SessionsMessagesSubscribed;
  readonly "sessions.messages.unsubscribe": SessionsMessagesSubscribed;
}

export const sessionMessagesMethods = {
  "sessions.messages.subscribe": {
    summary: "From then on this connection gets `session.message` for one session.",
    params: sessionsMessagesSubscribeParams,
    scope: "operator.read",
    example: { key: "main", includeApprovals: true },
  },
  "sessions.messages.unsubscribe": {
    summary: "Ends `sessions.messages.subscribe`.",
    params: sessionsMessagesUnsubscribeParams,
    scope: "operator.read",
    example: { key: "main" },
  },
} as const satisfies MethodSpecs<SessionMessagesResults>;
