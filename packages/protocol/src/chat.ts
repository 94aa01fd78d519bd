import { z } from "zod";
import type { HistoryMessage } from "./messages.ts";
import type { MethodSpecs } from "./method-spec.ts";
import { attachments, count, idempotencyKey, identifier, sessionKey, shortText } from "./params.ts";

/** Longest text of one message, in UTF-16 units: well inside a frame, well beyond what a person types. */
export const MAX_MESSAGE_LENGTH = 4_000_000;

const chatSendParams = z.strictObject({
  sessionKey,
  message: z.string().max(MAX_MESSAGE_LENGTH),
  idempotencyKey,
  agentId: identifier.optional(),
  sessionId: identifier.optional(),
  deliver: z.boolean().optional().describe("Also send the answer to the session's channel."),
  thinking: shortText.optional().describe("Level for the turn that it begins; see docs/context.md."),
  fastMode: z
    .union([z.boolean(), z.literal("auto")])
    .optional()
    .describe("For the turn that it begins."),
  queueMode: shortText.optional(),
  timeoutMs: count.optional(),
  attachments: attachments.optional(),
  suppressCommandInterpretation: z.boolean().optional(),
});

/** The message is durable; what becomes of it arrives as `chat` events with this `runId`. */
export interface ChatSendAck {
  /** Equals the request's `idempotencyKey`. */
  readonly runId: string;
  /** `in_flight` and `ok` answer a repeat of a key whose run is under way or over. */
  readonly status: "started" | "in_flight" | "ok" | "error";
  readonly serverTiming?: { readonly receivedToAckMs: number };
}

/** Messages in one answer of `chat.history`. */
export const MAX_HISTORY_MESSAGES = 1_000;

export const chatHistoryParams = z.strictObject({
  sessionKey,
  agentId: identifier.optional(),
  sessionId: identifier.optional(),
  limit: z.int().min(1).max(MAX_HISTORY_MESSAGES).optional().describe("Default 200."),
  offset: count.optional().describe("Newest messages to leave out."),
  maxChars: z.int().min(1).max(500_000).optional().describe("Each text block is cut to this many characters."),
});

export interface ChatHistory {
  readonly sessionKey: string;
  readonly sessionId: string;
  /** The newest, oldest first. A session that does not exist yet has none. */
  readonly messages: readonly HistoryMessage[];
  readonly hasMore: boolean;
  /** `offset` of the next older page, while `hasMore`. */
  readonly nextOffset?: number;
  readonly sessionInfo: { readonly hasActiveRun: boolean; readonly activeRunIds: readonly string[] };
  /** What the active run has said so far in the step it is at; continue it with `chat` events whose `seq` is greater. */
  readonly inFlightRun?: { readonly runId: string; readonly text: string; readonly seq: number };
}

const chatMessageGetParams = z.strictObject({
  sessionKey,
  agentId: identifier.optional(),
  messageId: z.string().min(1).max(640).describe("`__openclaw.id` of a history message."),
  maxChars: z.int().min(1).max(2_000_000).optional(),
});

export type ChatMessageGet =
  | { readonly ok: true; readonly message: HistoryMessage }
  | { readonly ok: false; readonly unavailableReason: "not_found" };

const chatAbortParams = z.strictObject({
  sessionKey,
  agentId: identifier.optional(),
  runId: identifier.optional().describe("All runs of the session when absent."),
  preserveSideRuns: z.boolean().optional(),
});

export interface ChatAborted {
  readonly ok: true;
  /** False when nothing was running. */
  readonly aborted: boolean;
  readonly runIds: readonly string[];
}

export interface ChatResults {
  readonly "chat.send": ChatSendAck;
  readonly "chat.history": ChatHistory;
  readonly "chat.message.get": ChatMessageGet;
  readonly "chat.abort": ChatAborted;
}

export const chatMethods = {
  "chat.send": {
    summary: "Sends a message; the answer arrives as `chat` events.",
    params: chatSendParams,
    scope: "operator.write",
    example: {
      sessionKey: "agent:main:main",
      sessionId: "s",
      message: "hi",
      deliver: false,
      idempotencyKey: "k",
    },
  },
  "chat.history": {
    summary: "A session's messages as clients display them, with what the active run has said so far.",
    params: chatHistoryParams,
    scope: "operator.read",
    example: { sessionKey: "agent:main:main", limit: 200 },
  },
  "chat.message.get": {
    summary: "One message in full.",
    params: chatMessageGetParams,
    scope: "operator.read",
    example: { sessionKey: "main", messageId: "m" },
  },
  "chat.abort": {
    summary: "Stops the runs of a session, or one run.",
    params: chatAbortParams,
    scope: "operator.write",
    example: { sessionKey: "agent:main:main" },
  },
} as const satisfies MethodSpecs<ChatResults>;
