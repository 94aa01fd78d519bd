import type { Clock } from "@claw/core";

/** The wire protocols a provider may speak. */
export type ModelApi = "openai-completions" | "openai-responses" | "anthropic-messages" | "google-generative-ai";

/** What a model is used for; a role without a model of its own uses the default. */
export type ModelRole = "planner" | "coder" | "fast" | "vision";

/** `provider/model`, alone or followed by the ones to try when it can't answer. */
export type ModelChoice =
  | string
  | readonly string[]
  | { readonly primary: string; readonly fallbacks?: readonly string[] };

export interface ModelDeclaration {
  readonly id: string;
  readonly name?: string;
  /** Tokens. */
  readonly contextWindow?: number;
  /** Tokens an answer may have; default: the provider's. */
  readonly maxTokens?: number;
  readonly input?: readonly ("text" | "image")[];
  /** US dollars for a million tokens; what comes from a cache or goes into one costs as input unless said. */
  readonly cost?: {
    readonly input: number;
    readonly output: number;
    readonly cacheRead?: number;
    readonly cacheWrite?: number;
  };
}

export interface ProviderOptions {
  /** Needed for a provider that is not built in. */
  readonly baseUrl?: string;
  /** Default for a built-in provider: its environment variable. */
  readonly apiKey?: string;
  /** Default: `openai-completions` where `baseUrl` is given, else the built-in provider's own. `ollama` is its OpenAI side. */
  readonly api?: ModelApi | "ollama";
  readonly headers?: Readonly<Record<string, string>>;
  /** Longest silence, before the first output and between outputs. Default 120; 300 for a local or private `baseUrl`. */
  readonly timeoutSeconds?: number;
  /** When given, only these ids exist. */
  readonly models?: readonly ModelDeclaration[];
}

export interface ModelsOptions {
  readonly providers?: Readonly<Record<string, ProviderOptions>>;
  /** Default: the first model of the first provider in `providers` that has a key or needs none, else `demo/offline`. */
  readonly default?: ModelChoice;
  readonly routing?: Readonly<Partial<Record<ModelRole, ModelChoice>>>;
  /** Where the keys of built-in providers are looked up; `process.env` is never read. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly clock?: Clock;
}

/** The choice as a list, the first to try first. */
export function choiceRefs(choice: ModelChoice): readonly string[] {
  if (typeof choice === "string") return [choice];
  return "primary" in choice ? [choice.primary, ...(choice.fallbacks ?? [])] : choice;
}
