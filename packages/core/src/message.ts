import type { TurnSettings } from "./session-settings.ts";

/** A tool call as the model asked for it; `input` is not validated yet. */
export interface ToolCall {
  readonly id: string;
  readonly tool: string;
  readonly input: unknown;
}

/** Tokens as the provider counted them; absent where it did not say. */
export interface Usage {
  /** All of them: those read from a cache and written to one as well. */
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly cachedInputTokens?: number;
  readonly cacheWriteTokens?: number;
}

export interface UserMessage {
  readonly role: "user";
  readonly text: string;
  /** The run is for this one call, and no model is asked; `text` says so for people and later turns. */
  readonly call?: ToolCall;
  /** Name of the text command that it is: the gateway answers it, and no model is ever given it. */
  readonly command?: string;
  /** What was asked with it for the turn that it begins, instead of what its session is set to. */
  readonly settings?: TurnSettings;
}

/** One finished model step. */
export interface AssistantMessage {
  readonly role: "assistant";
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** `provider/model` that answered. */
  readonly model: string;
  readonly stop: "stop" | "tool-calls" | "length" | "aborted" | "error";
  readonly usage?: Usage;
  /** In the order they came. Never stored: they are of use to the model that had them alone, within its turn. */
  readonly thoughts?: readonly Thought[];
}

/**
 * A piece of a model's reasoning that its provider wants back as it was, with the results of the calls that came of it.
 * It counts only behind exactly what the model had read before it.
 */
export interface Thought {
  readonly text: string;
  /** The call that it is about, where a provider signs calls. */
  readonly callId?: string;
  /** What the provider knows it again by; nobody else reads it. */
  readonly seal?: Readonly<Record<string, unknown>>;
}

export interface ToolMessage {
  readonly role: "tool";
  readonly callId: string;
  readonly tool: string;
  /** What the model reads. */
  readonly output: string;
  readonly failed: boolean;
  /** What people see beside it: exit code, duration, bytes. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/**
 * Stands for older messages that a model is not given any more; people can still read them. It comes after the last
 * message that it was made with.
 */
export interface SummaryMessage {
  readonly role: "summary";
  readonly text: string;
  /** How many messages right before it a model is still given as they are. */
  readonly kept: number;
  /** Estimates of what a model was given before, and is given from now on. */
  readonly tokensBefore: number;
  readonly tokensAfter: number;
  /** `provider/model` that wrote it; absent when it was put together without one. */
  readonly model?: string;
  readonly usage?: Usage;
}

/** What a model reads. */
export type ModelMessage = UserMessage | AssistantMessage | ToolMessage;

/** What a transcript holds, in the order it happened. */
export type Message = ModelMessage | SummaryMessage;
