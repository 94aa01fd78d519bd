import type { AgentEvent } from "./agent.ts";
import type { ClawError } from "./errors.ts";
import type { ToolCall } from "./message.ts";
import type { OutputChunk } from "./sandbox.ts";
import type { Span } from "./store.ts";
import type { ToolResult } from "./tool.ts";

/** What every event about a run carries. `owner` is the principal id of who asked for it. */
export interface RunRef {
  readonly run: string;
  readonly session: string;
  readonly agent: string;
  readonly owner: string;
}

export interface RunOutcome {
  readonly state: "done" | "aborted" | "error";
  /** Text of the last step; empty when there was none. */
  readonly text: string;
  /** The answer was cut at the model's output limit. */
  readonly cut: boolean;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** `provider/model` of the last step. */
  readonly model?: string;
  /** The run whose turn read its message and said `text`. */
  readonly answeredBy?: string;
  /** The run that it was stopped for; its state is `aborted`. */
  readonly interruptedBy?: string;
  readonly error?: ClawError;
}

/** What happens in a run, in order. */
export type RunEvent = RunRef &
  /** `reset`: its session started over with it. */
  (
    | { readonly type: "message-accepted"; readonly text: string; readonly sequence: number; readonly reset?: true }
    | { readonly type: "run-started" }
    | { readonly type: "turn-event"; readonly event: AgentEvent }
    | { readonly type: "tool-start"; readonly call: ToolCall }
    | { readonly type: "tool-progress"; readonly callId: string; readonly tool: string; readonly chunk: OutputChunk }
    | { readonly type: "tool-end"; readonly call: ToolCall; readonly result: ToolResult; readonly durationMs: number }
    | { readonly type: "span"; readonly span: Span }
    /** With the error `GATEWAY_STOPPING` it has not ended: the stop cut it off, and the next start takes it up. */
    | { readonly type: "run-ended"; readonly outcome: RunOutcome }
  );
