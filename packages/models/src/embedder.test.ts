import { ClawError } from "@claw/core";
import { expect, test } from "vitest";
import { createModels } from "./create-models.ts";
import { embeddingServer } from "./fixtures/embedding-server.ts";

const signal = AbortSignal.timeout(80_000);

const embedderAt = (baseUrl: string) =>
  createModels({ providers: { mine: { baseUrl, apiKey: "sk-secret" } }, default: "mine/m" }).embedder("mine/vectors");

test("texts become vectors in their order, over as many calls as they take", async () => {
  await using server = await embeddingServer();
  const texts = Array.from({ length: 300 }, (_, index) => "x".repeat(index));
  const { vectors, tokens } = await (await embedderAt(server.baseUrl)).embed(texts, { signal });
  expect(vectors.map(([length]) => length)).toEqual(texts.map((text) => text.length));
  expect(server.received.map(({ input }) => input.length)).toEqual([128, 128, 44]);
  expect(server.received[0]).toMatchObject({ model: "vectors" });
  expect(tokens).toBe(300);
});

test("the wished size of the vectors is passed on", async () => {
  await using server = await embeddingServer();
  await (await embedderAt(server.baseUrl)).embed(["a"], { signal, dimensions: 2 });
  expect(server.received).toMatchObject([{ dimensions: 2 }]);
});

test("a provider without embeddings, without a key, or that refuses, says so", async () => {
  await using server = await embeddingServer({ status: 401 });
  const models = createModels({ providers: { anthropic: { apiKey: "k" } } });
  const codeOf = async (embed: Promise<{ embed: (texts: readonly string[], o: { signal: AbortSignal }) => unknown }>) =>
    (async () => (await embed).embed(["a"], { signal }))().then(
      () => "none",
      (error: unknown) => (ClawError.is(error) ? error.code : String(error)),
    );
  expect(await codeOf(models.embedder("anthropic/x"))).toBe("MODEL_CONFIG");
  expect(await codeOf(models.embedder("openai/text-embedding-3-small"))).toBe("MODEL_AUTH");
  expect(await codeOf(models.embedder("nobody/x"))).toBe("MODEL_UNKNOWN");
  expect(await codeOf(embedderAt(server.baseUrl))).toBe("MODEL_AUTH");
});
