import type { ClawError } from "./errors.ts";
import type { ModelMessage, Thought, Usage } from "./message.ts";
import type { ThinkingLevel } from "./session-settings.ts";
import type { ToolSpec } from "./tool.ts";

export interface ModelRequest {
  readonly system: string;
  readonly messages: readonly ModelMessage[];
  readonly tools: readonly ToolSpec[];
  readonly signal: AbortSignal;
  readonly maxOutputTokens?: number;
  /** Default: the provider's own. */
  readonly thinking?: ThinkingLevel;
  /** Ask for the provider's faster service, or expressly not; default: as its account is set. */
  readonly fast?: boolean;
}

export type ModelEvent =
  | { readonly type: "text-delta"; readonly text: string }
  | { readonly type: "reasoning-delta"; readonly text: string }
  /** Goes into the step's {@link AssistantMessage.thoughts}. */
  | { readonly type: "thought"; readonly thought: Thought }
  /** `input` is parsed JSON where it parses, else the text as it came. */
  | { readonly type: "tool-call"; readonly id: string; readonly tool: string; readonly input: unknown }
  /** Something that was asked for is not to be had from this model; the call goes on without it. */
  | { readonly type: "warning"; readonly text: string }
  /** The call failed before anything was streamed and is tried again after `delayMs`. */
  | { readonly type: "retry"; readonly attempt: number; readonly delayMs: number; readonly reason: string }
  | {
      readonly type: "model-end";
      readonly stop: "stop" | "tool-calls" | "length" | "aborted" | "error";
      readonly usage?: Usage;
      /** `provider/model` that answered, when another than `Model.ref` stood in for it. */
      readonly model?: string;
      /** Present exactly when `stop` is `error`. */
      readonly error?: ClawError;
    };

/** One model at one provider. */
export interface Model {
  /** `provider/model`. */
  readonly ref: string;
  /** Tokens; absent when unknown. */
  readonly contextWindow?: number;
  /** One step: no tool is run. Never throws or rejects: ends with exactly one `model-end`. */
  stream(request: ModelRequest): AsyncIterable<ModelEvent>;
}

export interface ModelInfo {
  readonly ref: string;
  readonly name: string;
  readonly provider: string;
  readonly contextWindow?: number;
  /** False when its provider has no credential. */
  readonly available: boolean;
  /** Roles that resolve to it now. */
  readonly roles: readonly string[];
}

/** Turns texts into vectors. */
export interface Embedder {
  /** `provider/model`. */
  readonly ref: string;
  /** One vector a text, in their order. Rejects with a `ClawError`, or with the reason of `signal`. */
  embed(
    texts: readonly string[],
    options: { readonly signal: AbortSignal; readonly dimensions?: number },
  ): Promise<Embedding>;
}

export interface Embedding {
  readonly vectors: readonly (readonly number[])[];
  /** As the provider counted them. */
  readonly tokens?: number;
}

/** A provider and where its key comes from; never the key. */
export interface ProviderInfo {
  readonly id: string;
  readonly name: string;
  readonly credential: "configured" | "environment" | "not-needed" | "missing";
  /** Where the key stands, or may be put. */
  readonly setting: string;
}

export interface ModelSource {
  /** A role (`planner`, `coder`, `fast`, `vision`, `default`) or a `provider/model`. Rejects with `MODEL_UNKNOWN`. */
  resolve(roleOrRef: string): Promise<Model>;
  list(): readonly ModelInfo[];
  /** A `provider/model` that embeds. Rejects with `MODEL_UNKNOWN`. */
  embedder?(ref: string): Promise<Embedder>;
  /** Those it knows, with a key or without. */
  providers?(): readonly ProviderInfo[];
}
