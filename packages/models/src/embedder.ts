import type { EmbeddingModelV4 } from "@ai-sdk/provider";
import type { Clock, Embedder, Embedding } from "@claw/core";
import type { Target } from "./attempt.ts";
import { classifyFailure, failed } from "./failure.ts";
import { embeddingModel } from "./language-model.ts";

/** Texts sent in one call: an answer stays far below what one line of it may have. */
const BATCH = 128;

/** Vectors of one model at one provider, batch after batch. */
export function createEmbedder({ ref, provider, model }: Target, clock: Clock): Embedder {
  return {
    ref,
    async embed(texts, { signal, dimensions }) {
      if (!provider.available)
        throw failed("MODEL_AUTH", `${provider.id} has no API key. Set ${provider.keySetting}.`).error;
      const known = await embeddingModel(provider, model);
      if (known === undefined)
        throw failed("MODEL_CONFIG", `${provider.id} has no embeddings; name another provider.`).error;
      const vectors: (readonly number[])[] = [];
      let tokens: number | undefined;
      for (let start = 0; start < texts.length; start += BATCH) {
        const values = texts.slice(start, start + BATCH);
        const part = await ask(known, values, signal, dimensions).catch((error: unknown) => {
          throw signal.aborted ? signal.reason : classifyFailure(error, provider, model, clock.now()).error;
        });
        if (part.vectors.length !== values.length) throw failed("MODEL_BAD_RESPONSE", short(ref, values, part)).error;
        vectors.push(...part.vectors);
        if (part.tokens !== undefined) tokens = (tokens ?? 0) + part.tokens;
      }
      return { vectors, ...(tokens === undefined ? {} : { tokens }) };
    },
  };
}

async function ask(
  known: EmbeddingModelV4,
  values: readonly string[],
  abortSignal: AbortSignal,
  dimensions: number | undefined,
): Promise<Embedding> {
  // Each API has its own word for it, and reads no other's.
  const size = dimensions === undefined ? {} : { dimensions };
  const wanted = dimensions === undefined ? {} : { outputDimensionality: dimensions };
  const { embeddings, usage } = await known.doEmbed({
    values: [...values],
    abortSignal,
    ...(dimensions === undefined ? {} : { providerOptions: { openai: size, openaiCompatible: size, google: wanted } }),
  });
  return { vectors: embeddings, ...(usage === undefined ? {} : { tokens: usage.tokens }) };
}

function short(ref: string, values: readonly string[], { vectors }: Embedding): string {
  return `${ref} answered ${values.length} texts with ${vectors.length} vectors.`;
}
