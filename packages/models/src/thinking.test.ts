import type { ModelEvent, ModelMessage, ModelRequest, ThinkingLevel, Thought } from "@claw/core";
import { expect, test } from "vitest";
import { createModels } from "./create-models.ts";
import { delta, end, events, fakeServer } from "./fixtures/fake-server.ts";
import type { ModelApi } from "./options.ts";

const call = (thoughts: readonly Thought[], model: string): readonly ModelMessage[] => [
  { role: "user", text: "Look" },
  {
    role: "assistant",
    text: "",
    toolCalls: [{ id: "call_1", tool: "look", input: {} }],
    model,
    stop: "tool-calls",
    thoughts,
  },
  { role: "tool", callId: "call_1", tool: "look", output: "a lobster", failed: false },
];

async function ask(api: ModelApi, model: string, asked: Partial<ModelRequest>, answer: readonly unknown[] = []) {
  await using server = await fakeServer(
    events(...(answer.length > 0 ? answer : [delta({ content: "Hi" }), end("stop")])),
  );
  const { baseUrl } = server;
  const source = createModels({ providers: { mine: { baseUrl, apiKey: "key", api } }, default: `mine/${model}` });
  const said: ModelEvent[] = [];
  const request = { system: "", messages: [{ role: "user", text: "Hi" } as const], tools: [] };
  const { signal } = new AbortController();
  for await (const event of (await source.resolve("default")).stream({ ...request, ...asked, signal }))
    said.push(event);
  return {
    body: server.received[0]?.body ?? {},
    warnings: said.filter(({ type }) => type === "warning"),
    thoughts: said.flatMap((event) => (event.type === "thought" ? [event.thought] : [])),
  };
}

const think = (api: ModelApi, model: string, thinking: ThinkingLevel | undefined) =>
  ask(api, model, thinking === undefined ? {} : { thinking });

test("a thinking level reaches each API under the name it has there, and none is sent unasked", async () => {
  expect((await think("openai-completions", "m", "high")).body).toMatchObject({ reasoning_effort: "high" });
  expect((await think("openai-responses", "gpt-6.1-sol", "low")).body).toMatchObject({ reasoning: { effort: "low" } });
  expect((await think("anthropic-messages", "claude-sonnet-5-5", "high")).body).toMatchObject({
    thinking: expect.anything(),
  });
  expect((await think("openai-completions", "m", undefined)).warnings).toEqual([]);
  expect((await think("openai-completions", "m", "adaptive")).body).not.toHaveProperty("reasoning_effort");
});

test("a model that can't think as asked says so and answers anyway", async () => {
  const { warnings } = await think("openai-responses", "gpt-4o", "high");
  expect(warnings).toEqual([{ type: "warning", text: expect.stringContaining('at the level "high"') }]);
});

test("the faster service is each provider's own tier, and where there is none it says so", async () => {
  const tier = async (api: ModelApi, model: string, fast: boolean) => {
    const { body, warnings } = await ask(api, model, { fast });
    const { service_tier, serviceTier = service_tier } = body;
    return [serviceTier, warnings.length];
  };
  expect(await tier("openai-responses", "gpt-6.1-sol", true)).toEqual(["priority", 0]);
  expect(await tier("openai-responses", "gpt-6.1-sol", false)).toEqual(["default", 0]);
  expect(await tier("anthropic-messages", "claude-sonnet-5-5", true)).toEqual(["auto", 0]);
  expect(await tier("anthropic-messages", "claude-sonnet-5-5", false)).toEqual(["standard_only", 0]);
  expect(await tier("google-generative-ai", "gemini-3.8-flash", true)).toEqual(["priority", 0]);
  expect(await tier("openai-completions", "m", true)).toEqual([undefined, 1]);
  expect(await tier("openai-completions", "m", false)).toEqual([undefined, 0]);
  expect((await ask("openai-responses", "gpt-6.1-sol", {})).body).not.toHaveProperty("service_tier");
});

test("a signed call of Gemini's goes back with its signature, and to no other model", async () => {
  const functionCall = { name: "look", args: {} };
  const parts = [{ functionCall, thoughtSignature: "proof" }];
  const answer = [{ candidates: [{ content: { role: "model", parts }, finishReason: "STOP" }] }];
  const { thoughts } = await ask("google-generative-ai", "gemini-3.8-flash", {}, answer);
  expect(thoughts).toEqual([
    { text: "", callId: expect.any(String), seal: { google: expect.objectContaining({ thoughtSignature: "proof" }) } },
  ]);
  const [signed] = thoughts.map((thought) => ({ ...thought, callId: "call_1" }));
  const sentBy = async (model: string) => {
    const messages = call(signed === undefined ? [] : [signed], model);
    return JSON.stringify((await ask("google-generative-ai", "gemini-3.8-flash", { messages })).body);
  };
  expect(await sentBy("mine/gemini-3.8-flash")).toContain('"thoughtSignature":"proof"');
  expect(await sentBy("other/gemini")).not.toContain("proof");
});

test("what OpenAI keeps sealed goes back as it came, before the call that came of it", async () => {
  const item = { type: "reasoning", id: "rs_1", summary: [], encrypted_content: "sealed" };
  const response = { id: "resp_1", created_at: 1, model: "gpt-6.1-sol", service_tier: null };
  const answer = [
    { type: "response.created", response },
    { type: "response.output_item.added", output_index: 0, item: { ...item, encrypted_content: "half" } },
    { type: "response.output_item.done", output_index: 0, item },
    { type: "response.completed", response: { ...response, usage: { input_tokens: 1, output_tokens: 1 } } },
  ];
  const { thoughts } = await ask("openai-responses", "gpt-6.1-sol", {}, answer);
  expect(thoughts).toMatchObject([{ text: "", seal: { openai: { reasoningEncryptedContent: "sealed" } } }]);
  const messages = call(thoughts, "mine/gpt-6.1-sol");
  const { body } = await ask("openai-responses", "gpt-6.1-sol", { messages, thinking: "high" });
  expect(body["input"]).toMatchObject([
    { role: "user" },
    { type: "reasoning", encrypted_content: "sealed" },
    { type: "function_call", call_id: "call_1" },
    { type: "function_call_output" },
  ]);
});
