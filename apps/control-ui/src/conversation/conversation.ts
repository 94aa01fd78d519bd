import type { ChatPhase, HistoryMessage, TimelineSpan, TokenUsage } from "@claw/protocol";

/** What is known of one session: what the gateway recorded, what is being said now, what was not yet recorded. */
export interface Conversation {
  /** By `__openclaw.id`. */
  readonly messages: ReadonlyMap<string, HistoryMessage>;
  /** The turns that {@link messages} make, oldest first. */
  readonly recorded: readonly Turn[];
  /** Runs seen in events that the record does not hold completely yet, in order of appearance. */
  readonly runs: ReadonlyMap<string, LiveRun>;
  /** By call id. They outlive their run, because only they tell stdout from stderr. */
  readonly tools: ReadonlyMap<string, ToolCallState>;
  /** Messages of this page that the record does not hold yet, in the order they were sent. */
  readonly pending: readonly PendingMessage[];
  readonly sessionId?: string;
  /** History has been read at least once. */
  readonly loaded: boolean;
  /** There are older messages than the oldest here. */
  readonly hasOlder: boolean;
  /** Why history can't be read. */
  readonly problem?: string;
  /** Something was missed: history must be read again. */
  readonly stale: boolean;
  /** The live runs there were when history was last asked for, and whether words of theirs were held back. */
  readonly askedAbout: ReadonlyMap<string, boolean>;
}

export const emptyConversation: Conversation = {
  messages: new Map(),
  recorded: [],
  runs: new Map(),
  tools: new Map(),
  pending: [],
  loaded: false,
  hasOlder: false,
  stale: false,
  askedAbout: new Map(),
};

export interface PendingMessage {
  /** The idempotency key, and with it the run's id. */
  readonly runId: string;
  readonly text: string;
  /** Unix milliseconds. */
  readonly sentAtMs: number;
  /** `waiting` until the gateway has it; then `accepted`, or `refused` for good. */
  readonly state: "waiting" | "accepted" | "refused";
  readonly reason?: string;
}

/** {@link LiveRun.chatSeq} after a lost connection: a restarted gateway may count anew. */
export const INTERRUPTED = -1;

export interface LiveRun {
  readonly runId: string;
  /** The last `chat` event that is in {@link parts}; {@link INTERRUPTED} until history says where to go on. */
  readonly chatSeq: number;
  readonly agentSeq: number;
  /** Text that arrived ahead of a missing event. */
  readonly held: readonly { readonly seq: number; readonly text: string }[];
  readonly parts: readonly SpokenPart[];
  readonly spans: readonly TimelineSpan[];
  /** Unix milliseconds by this machine's clock. */
  readonly firstSeenMs: number;
  readonly phase?: ChatPhase;
  readonly retry?: { readonly attempt: number; readonly maxAttempts: number };
  readonly outcome?: Outcome;
}

export interface Outcome {
  readonly state: "done" | "aborted" | "error";
  /** For people, of an error. */
  readonly message?: string;
}

export type SpokenPart =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "tool"; readonly callId: string };

export interface OutputPiece {
  readonly stream: "stdout" | "stderr";
  readonly text: string;
}

export interface ToolCallState {
  readonly callId: string;
  readonly name: string;
  readonly args: unknown;
  readonly state: "running" | "done" | "failed";
  /** What it printed while this page watched. */
  readonly output: readonly OutputPiece[];
  /** Characters cut from the front of {@link output}. */
  readonly omitted: number;
  /** What the model reads of it. */
  readonly result?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** A question and everything that came of it. */
export interface Turn {
  /** Stable: the run's id, or the first message's where there is none. */
  readonly key: string;
  readonly runId?: string;
  readonly parts: readonly TurnPart[];
  readonly status: "waiting" | "refused" | "working" | Outcome["state"];
  /** Unix milliseconds. */
  readonly atMs: number;
  /** Why it was refused or failed. */
  readonly reason?: string;
  /** What the gateway is doing before the first word. */
  readonly phase?: ChatPhase;
  readonly retry?: { readonly attempt: number; readonly maxAttempts: number };
  readonly spans?: readonly TimelineSpan[];
  readonly firstSeenMs?: number;
  readonly model?: string;
  readonly usage?: TokenUsage;
}

export type TurnPart =
  | { readonly kind: "user"; readonly text: string }
  /** `byGateway`: no model said it; it answers a text command, or is a note from outside. */
  | { readonly kind: "text"; readonly text: string; readonly byGateway?: true }
  /** What stands for everything before it in the model's sight. */
  | { readonly kind: "summary"; readonly text: string }
  | { readonly kind: "tool"; readonly call: ToolCallState };
