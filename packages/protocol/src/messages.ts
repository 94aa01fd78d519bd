/**
 * A transcript entry as clients display it: what `chat.history` lists and what a `chat` event's `message` holds.
 * A tool call is a block of the assistant's message; its outcome is a message of its own that names the call.
 */
export type HistoryMessage =
  | UserHistoryMessage
  | AssistantHistoryMessage
  | ToolResultHistoryMessage
  | CompactionHistoryMessage;

interface HistoryMessageBase {
  /** Unix milliseconds. */
  readonly timestamp: number;
  /** The run it belongs to; Claw's own key. */
  readonly runId?: string;
  /** Absent while a message is still being streamed. */
  readonly __openclaw?: HistoryMark;
}

/** Where a message stands in its transcript. */
export interface HistoryMark {
  /** Stable; what a list is keyed by. */
  readonly id: string;
  /** 1, 2, 3, … within the session, without gaps. */
  readonly seq: number;
  readonly kind: "message" | "compaction";
}

export interface UserHistoryMessage extends HistoryMessageBase {
  readonly role: "user";
  readonly content: readonly TextBlock[];
}

/** Where older messages went out of the model's sight; its text is what stands for them there. */
export interface CompactionHistoryMessage extends HistoryMessageBase {
  readonly role: "system";
  readonly content: readonly TextBlock[];
}

export interface AssistantHistoryMessage extends HistoryMessageBase {
  readonly role: "assistant";
  readonly content: readonly (TextBlock | ToolCallBlock)[];
  readonly provider?: string;
  readonly model?: string;
  readonly stopReason?: StopReason;
  readonly usage?: TokenUsage;
}

export interface ToolResultHistoryMessage extends HistoryMessageBase {
  readonly role: "toolResult";
  /** `id` of the {@link ToolCallBlock} that it answers. */
  readonly toolCallId: string;
  readonly toolName: string;
  readonly content: readonly TextBlock[];
  readonly isError: boolean;
  /** What people see beside it: exit code, duration, bytes. */
  readonly details?: Readonly<Record<string, unknown>>;
}

export interface TextBlock {
  readonly type: "text";
  readonly text: string;
}

export interface ToolCallBlock {
  readonly type: "toolCall";
  readonly id: string;
  readonly name: string;
  readonly arguments: unknown;
}

export type StopReason = "stop" | "toolUse" | "length" | "aborted" | "error";

/** Tokens as the provider counted them; absent where it did not say. */
export interface TokenUsage {
  readonly input?: number;
  readonly output?: number;
  readonly cacheRead?: number;
  readonly totalTokens?: number;
}
