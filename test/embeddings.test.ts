import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Agent } from "@claw/core";
import { createGateway, sharedSecret } from "@claw/gateway";
import { createModels } from "@claw/models";
import { sqliteStore } from "@claw/store-sqlite";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";

const agent: Agent = {
  name: "main",
  description: "is never asked",
  async *run() {
    yield { type: "turn-end", reason: "done" };
  },
};

/** A provider whose vectors are the length of the text, a half and minus one. */
const provider = createServer(async (request, response) => {
  let text = "";
  for await (const chunk of request) text += chunk;
  const { model, input } = JSON.parse(text) as { readonly model: string; readonly input: readonly string[] };
  const data = input.map((one, index) => ({ object: "embedding", index, embedding: [one.length, 0.5, -1] }));
  const usage = { prompt_tokens: 7, total_tokens: 7 };
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ object: "list", model, data, usage }));
});

let stateDir: string;
let gateway: ReturnType<typeof createGateway>;
let openai: OpenAI;

beforeAll(async () => {
  await new Promise<void>((resolve) => provider.listen(0, "127.0.0.1", resolve));
  const { port } = provider.address() as AddressInfo;
  stateDir = await mkdtemp(join(tmpdir(), "claw-embeddings-"));
  gateway = createGateway({
    agents: [agent],
    store: sqliteStore({ stateDir }),
    authenticate: sharedSecret("token", "secret"),
    models: createModels({ providers: { local: { baseUrl: `http://127.0.0.1:${port}/v1` } } }),
  });
  await gateway.start();
  openai = new OpenAI({
    apiKey: "secret",
    baseURL: "http://127.0.0.1:18789/v1",
    maxRetries: 0,
    fetch: (url, init) => gateway.fetch(new Request(url, init)),
  });
});
afterAll(async () => {
  await gateway.stop({ graceMs: 0 });
  await rm(stateDir, { recursive: true, force: true });
  provider.closeAllConnections();
  provider.close();
});

test("OpenAI's client gets vectors, as base64 on the way without being told", async () => {
  const { data, model, usage } = await openai.embeddings.create({ model: "local/m", input: ["one", "three"] });
  expect(data.map(({ index, embedding }) => [index, ...embedding])).toEqual([
    [0, 3, 0.5, -1],
    [1, 5, 0.5, -1],
  ]);
  expect({ model, usage }).toEqual({ model: "local/m", usage: { prompt_tokens: 7, total_tokens: 7 } });
});

test("it gets numbers when it asks for numbers, and base64 when for that", async () => {
  const float = await openai.embeddings.create({ model: "local/m", input: "one", encoding_format: "float" });
  expect(float.data[0]?.embedding).toEqual([3, 0.5, -1]);
  const base64 = await openai.embeddings.create({ model: "local/m", input: "one", encoding_format: "base64" });
  expect(base64.data[0]?.embedding).toBe("AABAQAAAAD8AAIC/");
});

test("what can't be answered is an error that OpenAI's client understands", async () => {
  const ask = (body: object) => openai.embeddings.create(body as OpenAI.EmbeddingCreateParams);
  await expect(ask({ model: "nobody/m", input: "one" })).rejects.toMatchObject({ status: 404, code: "MODEL_UNKNOWN" });
  await expect(ask({ model: "local/m", input: [[1, 2]] })).rejects.toMatchObject({ status: 400 });
  await expect(ask({ model: "local/m", input: [] })).rejects.toMatchObject({ status: 400 });
});
