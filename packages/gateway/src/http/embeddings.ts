import { ClawError, type Embedder, type Logger, type ModelSource } from "@claw/core";
import type { Context } from "hono";
import { z } from "zod";
import type { ApiEnv } from "./authorise.ts";
import { apiError } from "./errors.ts";
import { readBody } from "./read-body.ts";

const MAX_TEXTS = 2_048;
const text = z.string().min(1).max(1_000_000);

export const embeddingsRequest = z.strictObject({
  model: z.string().min(1).max(256).describe("`provider/model`."),
  input: z.union([text, z.array(text).min(1).max(MAX_TEXTS)], "a text, or a list of texts; token ids are not taken"),
  encoding_format: z.enum(["float", "base64"]).default("float"),
  dimensions: z.int().min(1).max(100_000).optional(),
  user: z.string().max(512).optional(),
});

export interface EmbeddingsOptions {
  readonly models: ModelSource | undefined;
  readonly log: Logger;
}

/** Vectors for texts, from the provider that the model names. No agent is asked, and nothing is kept. */
export function embeddings({ models, log }: EmbeddingsOptions): (context: Context<ApiEnv>) => Promise<Response> {
  return async (context) => {
    const body = await readBody(context.req, embeddingsRequest);
    if (typeof body === "string") return apiError(400, body, "invalid_request_error");
    const { model, input, encoding_format: format, dimensions } = body;
    const texts = typeof input === "string" ? [input] : input;
    const { signal } = context.req.raw;
    try {
      const embedder = await embedderOf(models, model);
      const { vectors, tokens = 0 } = await embedder.embed(texts, {
        signal,
        ...(dimensions === undefined ? {} : { dimensions }),
      });
      const data = vectors.map((vector, index) => ({
        object: "embedding",
        index,
        embedding: format === "base64" ? base64(vector) : vector,
      }));
      const usage = { prompt_tokens: tokens, total_tokens: tokens };
      return Response.json({ object: "list", data, model: embedder.ref, usage });
    } catch (error) {
      if (!ClawError.is(error)) throw error;
      log.warn("an embedding failed", { code: error.code });
      return apiError(STATUS[error.code] ?? 502, error.message, error.code);
    }
  };
}

const STATUS: Readonly<Record<string, number>> = {
  MODEL_UNKNOWN: 404,
  MODEL_CONFIG: 400,
  MODEL_RATE_LIMITED: 429,
};

async function embedderOf(models: ModelSource | undefined, model: string): Promise<Embedder> {
  if (models?.embedder === undefined) {
    throw new ClawError("MODEL_UNKNOWN", "this gateway has no models that embed");
  }
  return models.embedder(model);
}

/** 32-bit floats, least significant byte first, as OpenAI's clients decode them. */
function base64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * 4);
  return bytes.toString("base64");
}
