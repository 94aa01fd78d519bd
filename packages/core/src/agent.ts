import type { ClawError } from "./errors.ts";
import type { AssistantMessage, Message, SummaryMessage, ToolCall, UserMessage } from "./message.ts";
import type { ThinkingLevel } from "./session-settings.ts";
import type { ToolResult, ToolSpec } from "./tool.ts";

export type AgentEvent =
  | { readonly type: "text-delta"; readonly text: string }
  | { readonly type: "reasoning-delta"; readonly text: string }
  /** A model call begins, or is tried again. */
  | { readonly type: "model-start"; readonly model: string; readonly step: number; readonly retry?: string }
  /** For people: something asked for is not done, and the turn goes on. */
  | { readonly type: "warning"; readonly text: string }
  /**
   * A model step ended. One that asks for tools is durable before the next event is asked for; the last one is
   * written together with the end of the turn.
   */
  | { readonly type: "step"; readonly message: AssistantMessage }
  /** Older messages are being made into a summary; an `end` follows, or the end of the turn where it would not help. */
  | { readonly type: "compaction"; readonly phase: "start"; readonly reason: CompactionReason }
  /** Durable before the next event is asked for: from now on a model is given the summary and what it keeps. */
  | { readonly type: "compaction"; readonly phase: "end"; readonly message: SummaryMessage }
  | {
      readonly type: "turn-end";
      readonly reason: "done" | "length" | "aborted" | "error";
      /** Present exactly when `reason` is `error`. */
      readonly error?: ClawError;
    };

/** `threshold`: the window was nearly full. `overflow`: the provider refused the request as too long. */
export type CompactionReason = "threshold" | "overflow" | "manual";

/** One run of an agent over one accepted message. */
export interface Turn {
  readonly run: string;
  /** Its key, `agent:<id>:…`. */
  readonly session: string;
  /**
   * Oldest first, after the newest summary if there is one. Ends with the user's message, or after a restart with the last finished step or tool result: calls
   * of the last assistant message that have no result were never started and are still to be made.
   */
  readonly messages: readonly Message[];
  /** Environment, skills and recalled memory, rendered for the model. */
  readonly instructions: string;
  readonly tools: readonly ToolSpec[];
  /** Role or `provider/model` to ask instead of the agent's own, and how hard it is to think. */
  readonly model?: string;
  readonly thinking?: ThinkingLevel;
  /** Whether the provider's faster service is asked for; `auto`: by the steps of the turn's first minute. */
  readonly fast?: boolean | "auto";
  /**
   * One call through the gate: policy, budget, audit, journal, effect. A refusal and a failure are results; it rejects
   * only when the result can't be journalled, and the turn must then end.
   */
  call(call: ToolCall): Promise<ToolResult>;
  /**
   * Messages that came while the turn went on, oldest first, to be asked for before each model step. They are durable
   * and part of the turn once it resolves; absent where none can come.
   */
  steered?(): Promise<readonly UserMessage[]>;
  readonly signal: AbortSignal;
}

export interface Agent {
  readonly name: string;
  /** What people call it. Default: `name`. */
  readonly displayName?: string;
  /** One line for people. */
  readonly description: string;
  /** Names of the tools it is offered; all when absent. Policy can only narrow it. */
  readonly tools?: readonly string[];
  /** Role or `provider/model` it asks for, for display. */
  readonly model?: string;
  /** Never throws or rejects: ends with exactly one `turn-end`. */
  run(turn: Turn): AsyncIterable<AgentEvent>;
  /** Makes a summary of what is older than the last exchange, and asks for nothing else. Ends as `run` does. */
  compact?(turn: Turn): AsyncIterable<AgentEvent>;
}
