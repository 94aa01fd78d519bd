import { ClawError, type ProviderInfo } from "@claw/core";
import type { ModelErrorCode } from "./errors.ts";
import type { ModelApi, ModelDeclaration, ModelsOptions, ProviderOptions } from "./options.ts";
import { isPrivateUrl } from "./private-url.ts";

interface BuiltInProvider {
  readonly name: string;
  readonly api: ModelApi;
  readonly baseUrl: string;
  /** The environment variable of its key; absent when none is needed. */
  readonly keyVariable?: string;
  /** What is used when only the key is given; absent for a local server, which is asked. */
  readonly defaultModel?: string;
}

/** Known without configuration, in the order in which detection prefers them. */
export const builtInProviders: Readonly<Record<string, BuiltInProvider>> = {
  anthropic: {
    name: "Anthropic",
    api: "anthropic-messages",
    baseUrl: "https://api.anthropic.com/v1",
    keyVariable: "ANTHROPIC_API_KEY",
    defaultModel: "claude-sonnet-5-5",
  },
  openai: {
    name: "OpenAI",
    api: "openai-responses",
    baseUrl: "https://api.openai.com/v1",
    keyVariable: "OPENAI_API_KEY",
    defaultModel: "gpt-6.1-sol",
  },
  google: {
    name: "Google Gemini",
    api: "google-generative-ai",
    baseUrl: "https://generativelanguage.googleapis.com/v1beta",
    keyVariable: "GEMINI_API_KEY",
    defaultModel: "gemini-3.8-flash",
  },
  openrouter: {
    name: "OpenRouter",
    api: "openai-completions",
    baseUrl: "https://openrouter.ai/api/v1",
    keyVariable: "OPENROUTER_API_KEY",
    defaultModel: "openrouter/auto",
  },
  ollama: { name: "Ollama", api: "openai-completions", baseUrl: "http://127.0.0.1:11434/v1" },
  lmstudio: { name: "LM Studio", api: "openai-completions", baseUrl: "http://127.0.0.1:1234/v1" },
};

/** A provider with every default filled in. */
export interface Provider {
  readonly id: string;
  /** For people. */
  readonly name: string;
  readonly api: ModelApi;
  readonly baseUrl: string;
  readonly apiKey?: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly idleTimeoutMs: number;
  /** Absent: any model id is passed on. */
  readonly models?: readonly ModelDeclaration[];
  readonly defaultModel?: string;
  /** Where a person puts the key. */
  readonly keySetting: string;
  /** Where the key was found. */
  readonly credential: ProviderInfo["credential"];
  /** It has a key, or needs none. */
  readonly available: boolean;
}

/** Configured providers first, then the built-in ones. Throws `MODEL_CONFIG`. */
export function resolveProviders(options: ModelsOptions): ReadonlyMap<string, Provider> {
  const configured = options.providers ?? {};
  const providers = new Map<string, Provider>();
  for (const id of new Set([...Object.keys(configured), ...Object.keys(builtInProviders)])) {
    providers.set(id, resolveProvider(id, configured[id] ?? {}, options.env ?? {}));
  }
  return providers;
}

function resolveProvider(id: string, given: ProviderOptions, env: NonNullable<ModelsOptions["env"]>): Provider {
  const builtIn = Object.hasOwn(builtInProviders, id) ? builtInProviders[id] : undefined;
  const wanted = given.api ?? (given.baseUrl === undefined ? builtIn?.api : undefined) ?? "openai-completions";
  const baseUrl = normalBaseUrl(id, wanted, given.baseUrl ?? builtIn?.baseUrl);
  const api = wanted === "ollama" ? "openai-completions" : wanted;
  const fromEnvironment = builtIn?.keyVariable && env[builtIn.keyVariable];
  const apiKey = given.apiKey || fromEnvironment || undefined;
  const setting = `models.providers.${id}.apiKey`;
  const needsKey = builtIn?.keyVariable !== undefined && given.baseUrl === undefined;
  return {
    id,
    name: builtIn?.name ?? id,
    api,
    baseUrl,
    ...(apiKey === undefined ? {} : { apiKey }),
    headers: given.headers ?? {},
    idleTimeoutMs: (given.timeoutSeconds ?? (isPrivateUrl(baseUrl) ? 300 : 120)) * 1000,
    ...(given.models?.length ? { models: given.models } : {}),
    ...(builtIn?.defaultModel === undefined ? {} : { defaultModel: builtIn.defaultModel }),
    keySetting: builtIn?.keyVariable ? `${builtIn.keyVariable} or ${setting}` : setting,
    credential: given.apiKey ? "configured" : fromEnvironment ? "environment" : needsKey ? "missing" : "not-needed",
    available: apiKey !== undefined || !needsKey,
  };
}

function normalBaseUrl(id: string, api: ModelApi | "ollama", baseUrl: string | undefined): string {
  const url = baseUrl === undefined ? undefined : URL.parse(baseUrl);
  if (url?.protocol !== "http:" && url?.protocol !== "https:") {
    const found = baseUrl === undefined ? "none is given" : "it is not one";
    throw new ClawError<ModelErrorCode>(
      "MODEL_CONFIG",
      `models.providers.${id}.baseUrl must be an http or https URL, but ${found}. Example: "http://127.0.0.1:8080/v1".`,
    );
  }
  const text = url.href.replace(/\/+$/, "");
  // The clients of Anthropic and Ollama take the address without the version, the AI SDK with it.
  return (api === "anthropic-messages" || api === "ollama") && !/\/v\d+$/.test(text) ? `${text}/v1` : text;
}
