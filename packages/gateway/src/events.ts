import type { AgentEvent, ClawError, OutputChunk, Span, ToolCall, ToolResult } from "@claw/core";

/** What every event about a run carries. `owner` is the principal id that may see it. */
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
  readonly error?: ClawError;
}

export type GatewayEvent = RunRef &
  (
    | { readonly type: "message-accepted"; readonly text: string; readonly sequence: number }
    | { readonly type: "run-started" }
    | { readonly type: "turn-event"; readonly event: AgentEvent }
    | { readonly type: "tool-start"; readonly call: ToolCall }
    | { readonly type: "tool-progress"; readonly callId: string; readonly tool: string; readonly chunk: OutputChunk }
    | { readonly type: "tool-end"; readonly call: ToolCall; readonly result: ToolResult; readonly durationMs: number }
    | { readonly type: "span"; readonly span: Span }
    /** With the error `GATEWAY_STOPPING` it has not ended: the stop cut it off, and the next start takes it up. */
    | { readonly type: "run-ended"; readonly outcome: RunOutcome }
  );

export type GatewayListener = (event: GatewayEvent) => void;

export interface Hub {
  publish(event: GatewayEvent): void;
  /** Calls `listener` for every later event, in order; a throw is logged and does not stop the others. */
  subscribe(listener: GatewayListener): () => void;
}

export function createHub(onError: (error: unknown) => void): Hub {
  const listeners = new Set<GatewayListener>();
  return {
    publish(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          onError(error);
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
