import type { EmbeddingModelV4, LanguageModelV4 } from "@ai-sdk/provider";
import { limitedFetch } from "./limited-fetch.ts";
import type { ModelApi } from "./options.ts";
import type { Provider } from "./providers.ts";

interface Connected {
  readonly language: (model: string) => LanguageModelV4;
  /** Absent: the API has no embeddings. */
  readonly embedding?: (model: string) => EmbeddingModelV4;
}

type Connect = (provider: Provider) => Connected;

// Only the library of the API in use is ever loaded. Every setting is passed, since the libraries would otherwise
// read the process's environment.
const libraries: Readonly<Record<ModelApi, () => Promise<Connect>>> = {
  "openai-completions": async () => {
    const { createOpenAICompatible } = await import("@ai-sdk/openai-compatible");
    return ({ id, baseUrl, apiKey, headers }) => {
      const language = createOpenAICompatible({
        name: id,
        baseURL: baseUrl,
        ...(apiKey === undefined ? {} : { apiKey }),
        headers: { ...headers },
        includeUsage: true,
        fetch: limitedFetch,
      });
      return { language, embedding: language.embeddingModel };
    };
  },
  "openai-responses": async () => {
    const { createOpenAI } = await import("@ai-sdk/openai");
    return (provider) => {
      const { responses: language, embeddingModel: embedding } = createOpenAI(settings(provider));
      return { language, embedding };
    };
  },
  "anthropic-messages": async () => {
    const { createAnthropic } = await import("@ai-sdk/anthropic");
    return (provider) => ({ language: createAnthropic(settings(provider)) });
  },
  "google-generative-ai": async () => {
    const { createGoogle } = await import("@ai-sdk/google");
    return (provider) => {
      const language = createGoogle(settings(provider));
      return { language, embedding: language.embeddingModel };
    };
  },
};

function settings({ baseUrl, apiKey, headers }: Provider) {
  return { baseURL: baseUrl, apiKey: apiKey ?? "", headers: { ...headers }, fetch: limitedFetch };
}

const models = new WeakMap<Provider, Map<string, Promise<LanguageModelV4>>>();

/** The AI SDK's model, made once, since making it costs as much as a call. Its library is imported at first use. */
export function languageModel(provider: Provider, model: string): Promise<LanguageModelV4> {
  const known = models.get(provider) ?? new Map<string, Promise<LanguageModelV4>>();
  models.set(provider, known);
  const made = known.get(model) ?? libraries[provider.api]().then((connect) => connect(provider).language(model));
  known.set(model, made);
  return made;
}

/** The AI SDK's embedding model; `undefined` for a provider whose API has none. */
export async function embeddingModel(provider: Provider, model: string): Promise<EmbeddingModelV4 | undefined> {
  const connect = await libraries[provider.api]();
  return connect(provider).embedding?.(model);
}
