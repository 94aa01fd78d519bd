import type { ApprovalResolvedEvent, ApprovalRow } from "./approvals.ts";
import type { DevicePairRequestedEvent, DevicePairResolvedEvent } from "./devices.ts";
import type { ConnectChallenge, Presence } from "./handshake.ts";
import type { Health } from "./health.ts";
import type { AssistantHistoryMessage, StopReason, TextBlock, TokenUsage } from "./messages.ts";
import type { QuestionResolvedEvent, QuestionRow } from "./questions.ts";
import type { TimelineSpan } from "./runs.ts";
import { type Scope, satisfies } from "./scopes.ts";
import type { SessionMessageEvent } from "./session-messages.ts";
import type { SessionRow } from "./sessions.ts";

/** What each event carries. */
export interface EventPayloads {
  readonly "connect.challenge": ConnectChallenge;
  /** `ts` in Unix milliseconds. */
  readonly tick: { readonly ts: number };
  readonly health: Health;
  readonly presence: { readonly presence: readonly Presence[] };
  readonly chat: ChatEvent;
  readonly agent: AgentEvent;
  /** The row as it is now; `reason` says why. */
  readonly "sessions.changed": SessionRow & { readonly sessionKey: string; readonly reason: string };
  readonly "session.message": SessionMessageEvent;
  readonly "exec.approval.requested": ApprovalRow;
  readonly "exec.approval.resolved": ApprovalResolvedEvent;
  readonly "question.requested": QuestionRow;
  readonly "question.resolved": QuestionResolvedEvent;
  readonly "device.pair.requested": DevicePairRequestedEvent;
  readonly "device.pair.resolved": DevicePairResolvedEvent;
  /** The connection is about to close; `restartExpectedMs` when the gateway means to come back. */
  readonly shutdown: { readonly reason: string; readonly restartExpectedMs?: number };
}

export type EventName = keyof EventPayloads;

interface RunEvent {
  readonly runId: string;
  readonly sessionKey: string;
  readonly agentId: string;
  /** 1, 2, 3, … within the run, for `chat` and `agent` events each. */
  readonly seq: number;
}

/** A run as a conversation: any number of `status` and `delta`, then exactly one of the other three. */
export type ChatEvent = RunEvent &
  (
    | {
        readonly state: "status";
        readonly phase: ChatPhase;
        readonly retry?: { readonly attempt: number; readonly maxAttempts: number; readonly reason: "rate_limit" };
      }
    | {
        readonly state: "delta";
        /** To be appended; or with `replace`, in place of all the text so far. */
        readonly deltaText: string;
        readonly replace?: true;
        /** All of the text so far. Costs its length in every frame, so a gateway may leave it out. */
        readonly message?: AssistantHistoryMessage;
      }
    | {
        readonly state: "final";
        /** Absent when the agent had nothing to say. */
        readonly message?: AssistantHistoryMessage;
        readonly stopReason?: StopReason;
        readonly usage?: TokenUsage;
      }
    | { readonly state: "aborted"; readonly message?: AssistantHistoryMessage; readonly stopReason?: StopReason }
    | {
        readonly state: "error";
        /** For people: what happened and what to do. */
        readonly errorMessage: string;
        readonly errorKind?: string;
        readonly errorDetail?: {
          /** The gateway's own error code. */
          readonly code?: string;
          readonly provider?: string;
          readonly model?: string;
          readonly httpStatus?: number;
        };
      }
  );

export type ChatPhase =
  | "preparing_workspace"
  | "naming_worktree"
  | "creating_worktree"
  | "running_setup"
  | "provisioning_environment"
  | "preparing_context"
  | "memory_flushing"
  | "starting_model";

/** A run from inside. Stream `tool` reaches only clients with the `tool-events` capability. */
export type AgentEvent = RunEvent & {
  readonly sessionId?: string;
  /** Unix milliseconds. */
  readonly ts: number;
} & (
    | { readonly stream: "lifecycle"; readonly data: LifecycleData }
    | {
        readonly stream: "assistant";
        /** `delta` is to be appended; `text` is all of this step's text so far, where the gateway sends it. */
        readonly data: { readonly delta: string; readonly text?: string; readonly itemId?: string };
      }
    | { readonly stream: "tool"; readonly data: ToolData }
    | { readonly stream: "compaction"; readonly data: CompactionData }
    | { readonly stream: "run_status"; readonly data: { readonly status: "warning"; readonly message: string } }
    /** Claw's own: each span once, as its stage ends. */
    | { readonly stream: "timeline"; readonly data: { readonly span: TimelineSpan } }
  );

/** Begins with `start` and ends with one `end` or `error`. Times in Unix milliseconds. */
export type LifecycleData =
  | { readonly phase: "start"; readonly startedAt: number }
  | { readonly phase: "model"; readonly model: string }
  | { readonly phase: "finishing" }
  | { readonly phase: "end"; readonly endedAt: number; readonly aborted?: true }
  | { readonly phase: "error"; readonly endedAt: number; readonly error: string };

/** One `start`, then one `end` unless the run ends first. Tokens are estimates. */
export type CompactionData =
  | { readonly phase: "start"; readonly reason: "threshold" | "overflow" | "manual" }
  | { readonly phase: "end"; readonly completed: true; readonly tokensBefore: number; readonly tokensAfter: number };

/** Per `toolCallId`: one `start`, any number of `update`, one `result`. */
export type ToolData = { readonly name: string; readonly toolCallId: string } & (
  | { readonly phase: "start"; readonly args: unknown }
  /** A piece of output to be appended. */
  | { readonly phase: "update"; readonly output: { readonly stream: "stdout" | "stderr"; readonly text: string } }
  | {
      readonly phase: "result";
      readonly isError: boolean;
      readonly result: {
        readonly content: readonly TextBlock[];
        readonly details?: Readonly<Record<string, unknown>>;
      };
    }
);

interface EventSpec {
  /** When it is sent, in one sentence; the reference page prints it. */
  readonly summary: string;
  /** Who gets it: everyone admitted, or holders of a scope. */
  readonly scope: Scope | "everyone";
}

export const EVENTS: Readonly<Record<Exclude<EventName, "connect.challenge">, EventSpec>> = {
  tick: { summary: "A sign of life at a fixed interval.", scope: "everyone" },
  health: { summary: "The gateway's health has been checked anew.", scope: "everyone" },
  shutdown: { summary: "The connection is about to close.", scope: "everyone" },
  presence: { summary: "A client has come or gone.", scope: "operator.read" },
  chat: { summary: "A run as a conversation.", scope: "operator.read" },
  agent: { summary: "A run from inside: life cycle, text, tools, timeline.", scope: "operator.read" },
  "sessions.changed": {
    summary: "A session's row is another now; only after `sessions.subscribe`.",
    scope: "operator.read",
  },
  "exec.approval.requested": { summary: "Something waits for an answer.", scope: "operator.approvals" },
  "exec.approval.resolved": {
    summary: "It has been answered, or was denied for want of an answer.",
    scope: "operator.approvals",
  },
  "question.requested": { summary: "An agent wants to know something.", scope: "operator.questions" },
  "question.resolved": {
    summary: "It has been answered or skipped, its run has ended, or its time is over.",
    scope: "operator.questions",
  },
  "session.message": {
    summary: "A message has become durable; only after `sessions.messages.subscribe`.",
    scope: "operator.read",
  },
  "device.pair.requested": { summary: "A device asks to be let in, or for more.", scope: "operator.pairing" },
  "device.pair.resolved": { summary: "Somebody has answered a device's request.", scope: "operator.pairing" },
};

/** The events that a gateway may broadcast. */
export const EVENT_NAMES: readonly string[] = Object.keys(EVENTS);

/** The scope an event is for; `undefined` for an unknown event, which nobody gets. */
export function eventScope(name: string): Scope | "everyone" | undefined {
  return Object.hasOwn(EVENTS, name) ? EVENTS[name as keyof typeof EVENTS].scope : undefined;
}

/** Whether a client that holds these scopes gets the event. */
export function mayReceive(held: readonly string[], name: string): boolean {
  const scope = eventScope(name);
  return scope === "everyone" || (scope !== undefined && satisfies(held, scope));
}
