import { z } from "zod";
import { MAX_MESSAGE_LENGTH } from "./chat.ts";
import type { MethodSpecs } from "./method-spec.ts";
import { attachments, count, idempotencyKey, identifier, sessionKey, shortText } from "./params.ts";

/** Params of `agent`, which is answered twice on one id: {@link AgentAccepted}, then {@link AgentFinal}. */
const agentParams = z.strictObject({
  message: z.string().min(1).max(MAX_MESSAGE_LENGTH),
  idempotencyKey,
  agentId: identifier.optional(),
  sessionKey: sessionKey.optional(),
  sessionId: identifier.optional(),
  deliver: z.boolean().optional(),
  timeout: count.optional().describe("Seconds; 0 for none."),
  thinking: shortText.optional().describe("Level for the turn that it begins; see docs/context.md."),
  provider: identifier.optional(),
  model: identifier.optional(),
  to: shortText.optional(),
  replyTo: shortText.optional(),
  channel: shortText.optional(),
  replyChannel: shortText.optional(),
  accountId: shortText.optional(),
  replyAccountId: shortText.optional(),
  threadId: shortText.optional(),
  bestEffortDeliver: z.boolean().optional(),
  queueMode: shortText.optional().describe("Claw's own key: what becomes of it while a turn goes on."),
  lane: shortText.optional(),
  label: shortText.optional(),
  attachments: attachments.optional(),
  cleanupBundleMcpOnRunEnd: z.boolean().optional(),
});

export interface AgentAccepted {
  readonly status: "accepted";
  /** Equals the request's `idempotencyKey`. */
  readonly runId: string;
  readonly sessionKey: string;
  readonly agentId: string;
  /** Unix milliseconds. */
  readonly acceptedAt: number;
}

export interface AgentFinal {
  readonly status: "ok" | "error";
  readonly runId: string;
  /** One line: `completed`, or what went wrong. */
  readonly summary: string;
  readonly result?: {
    /** The answer, one payload per message. */
    readonly payloads: readonly { readonly text: string }[];
    readonly meta: {
      readonly durationMs: number;
      readonly aborted: boolean;
      readonly model?: string;
      /** The run whose turn read the message, and whose answer this is. */
      readonly answeredBy?: string;
      /** The run that this one was stopped for. */
      readonly interruptedBy?: string;
    };
  };
}

const agentWaitParams = z.strictObject({
  runId: identifier,
  timeoutMs: count.optional().describe("Default 30,000."),
});

/** Times in Unix milliseconds. */
export interface AgentWait {
  readonly runId: string;
  /** `timeout`: the wait ended, the run goes on. */
  readonly status: "ok" | "error" | "timeout";
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly error?: string;
}

export interface AgentResults {
  readonly agent: AgentAccepted;
  readonly "agent.wait": AgentWait;
}

export interface AgentFinalResults {
  readonly agent: AgentFinal;
}

export const agentMethods = {
  agent: {
    summary: "Runs an agent on a message; answers when the message is durable and again when the run has ended.",
    params: agentParams,
    scope: "operator.write",
    example: { message: "hi", agentId: "main", deliver: false, timeout: 600, idempotencyKey: "k" },
  },
  "agent.wait": {
    summary: "Waits for the end of a run without stopping it.",
    params: agentWaitParams,
    scope: "operator.write",
    example: { runId: "k", timeoutMs: 1000 },
  },
} as const satisfies MethodSpecs<AgentResults>;
