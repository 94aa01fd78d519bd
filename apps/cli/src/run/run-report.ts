import type { TimelineSpan, TokenUsage } from "@claw/protocol";

export interface ToolCallReport {
  readonly id: string;
  readonly name: string;
  readonly args: unknown;
  readonly output: string;
  readonly failed: boolean;
  /** Exit code, duration, bytes: what the tool says of itself. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** How a run ended, and all that it did. */
export interface RunReport {
  readonly runId: string;
  readonly sessionKey: string;
  readonly state: "done" | "aborted" | "error";
  /** The answer: the text of the last step. */
  readonly text: string;
  readonly toolCalls: readonly ToolCallReport[];
  readonly model?: string;
  readonly usage?: TokenUsage;
  /** From sending the message to the end. */
  readonly durationMs: number;
  readonly error?: { readonly code?: string; readonly message: string };
  readonly timeline?: readonly TimelineSpan[];
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly args: unknown;
}

/** Who watches a run. Text may come again as a whole after `onRestart`. */
export interface RunObserver {
  onText?(text: string): void;
  /** The step's text so far is void. */
  onRestart?(): void;
  onToolStart?(call: ToolCall): void;
  onToolEnd?(call: ToolCallReport): void;
  /** The connection was lost, and is back. */
  onConnection?(state: "lost" | "back"): void;
  /** Every event of the run as it came over the wire. */
  onEvent?(name: "chat" | "agent", payload: unknown): void;
}
