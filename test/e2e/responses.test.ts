import { once } from "node:events";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import { Agent, OpenAIProvider, Runner } from "@openai/agents";
import { generateText, streamText } from "ai";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answer, callTool, type FakeModel, failWith, say, startFakeModel } from "./harness/fake-model.ts";
import { type RunningGateway, startGateway } from "./harness/gateway.ts";

// Clients that people use, unchanged, against our gateway.

let model: FakeModel;
let gateway: RunningGateway;
let openai: OpenAI;

/** What the fake says to the next requests. */
let script: Answer[] = [];

beforeAll(async () => {
  model = await startFakeModel((request) => (script.shift() ?? say("Nothing more to say."))(request));
  gateway = await startGateway({ config: model.config });
  openai = clientWith(gateway.token);
});

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await model?.[Symbol.asyncDispose]();
});

const clientWith = (apiKey: string) => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey });
const told = () => model.requests.at(-1)?.body.messages.map(({ content }) => content);

async function all<Item>(stream: AsyncIterable<Item>): Promise<readonly Item[]> {
  const items: Item[] = [];
  for await (const item of stream) items.push(item);
  return items;
}

test("a response holds the answer, what it cost and what the caller noted", async () => {
  script = [callTool("exec", { command: "echo inside" }), say("Hello", " there.")];
  const { data, response } = await openai.responses
    .create({ model: "openclaw", input: "hi", instructions: "Be kind.", metadata: { order: "7" } })
    .withResponse();
  expect(data.output_text).toBe("Hello there.");
  expect(data.output).toHaveLength(1);
  expect(data).toMatchObject({ status: "completed", metadata: { order: "7" }, usage: { total_tokens: 30 } });
  expect(data.id).toBe(`resp_${response.headers.get("x-run-id")}`);
  expect(told()).toEqual(
    expect.arrayContaining([expect.stringContaining("Be kind."), expect.stringContaining("inside")]),
  );
});

test("a stream gives the events in OpenAI's order, with the text piece by piece", async () => {
  const second = Promise.withResolvers<void>();
  script = [
    async function* () {
      yield { text: "one" };
      await second.promise;
      yield { text: " two" };
    },
  ];
  const stream = openai.responses.stream({ model: "openclaw", input: "count" });
  const types: string[] = [];
  const sequence: number[] = [];
  for await (const event of stream) {
    types.push(event.type);
    sequence.push(event.sequence_number);
    // The model goes on only once its first piece has come through.
    if (event.type === "response.output_text.delta") second.resolve();
  }
  expect(types).toEqual([
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.delta",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
  ]);
  expect(sequence).toEqual(types.map((_, index) => index));
  expect((await stream.finalResponse()).output_text).toBe("one two");
});

test("a previous response is continued", async () => {
  script = [say("Noted."), say("Grace.")];
  const first = await openai.responses.create({ model: "openclaw", input: "My name is Grace." });
  const { id: previous_response_id } = first;
  const second = await openai.responses.create({ model: "openclaw", input: "What is my name?", previous_response_id });
  expect(second).toMatchObject({ output_text: "Grace.", previous_response_id });
  expect(told()).toEqual(expect.arrayContaining(["My name is Grace.", "Noted.", "What is my name?"]));
});

test("a failed run is an error whole and an event streamed, each with the run's id", async () => {
  script = [failWith(400), failWith(400)];
  const request = { model: "openclaw", input: "fail" };
  const failed = await openai.responses.create(request).catch((error: unknown) => error);
  expect(failed).toMatchObject({ status: 502, error: { run_id: expect.any(String) } });
  const events = await all(await openai.responses.create({ ...request, stream: true }));
  expect(events.at(-1)).toMatchObject({
    type: "response.failed",
    response: { id: expect.stringMatching(/^resp_/), status: "failed", error: { code: "server_error" } },
  });
});

test("a caller that leaves a stream stops the model", async () => {
  script = [
    async function* () {
      yield { text: "Once upon a time" };
      await new Promise(() => {});
    },
  ];
  const stream = await openai.responses.create({ model: "openclaw", input: "tell", stream: true });
  for await (const event of stream) if (event.type === "response.output_text.delta") break;
  const { aborted } = await model.request(model.requests.length);
  if (!aborted.aborted) await once(aborted, "abort");
  expect(aborted.aborted).toBe(true);
});

test("a wrong token, an unknown model and rubbish are refused in OpenAI's words", async () => {
  const request = { model: "openclaw", input: "hi" };
  await expect(clientWith("wrong").responses.create(request)).rejects.toBeInstanceOf(OpenAI.AuthenticationError);
  await expect(openai.responses.create({ ...request, model: "gpt-4o" })).rejects.toMatchObject({
    status: 404,
    code: "model_not_found",
  });
  await expect(openai.responses.create({ ...request, input: [] })).rejects.toMatchObject({ status: 400 });
  await expect(openai.responses.create({ ...request, previous_response_id: "resp_x" })).rejects.toMatchObject({
    status: 400,
    code: "previous_response_not_found",
  });
});

test("the AI SDK generates and streams through chat completions", async () => {
  const claw = createOpenAICompatible({ name: "claw", baseURL: `${gateway.url}/v1`, apiKey: gateway.token });
  script = [say("From the SDK."), say("In", " pieces.")];
  const { text } = await generateText({ model: claw("openclaw"), prompt: "hi" });
  expect(text).toBe("From the SDK.");
  const pieces = await all(streamText({ model: claw("openclaw"), prompt: "hi" }).textStream);
  expect(pieces.join("")).toBe("In pieces.");
});

test.each([true, false])("the Agents SDK runs an agent over it (Responses: %s)", async (useResponses) => {
  const provider = new OpenAIProvider({ baseURL: `${gateway.url}/v1`, apiKey: gateway.token, useResponses });
  const runner = new Runner({ modelProvider: provider, tracingDisabled: true });
  const agent = new Agent({ name: "Oracle", instructions: "Answer in one word.", model: "openclaw" });
  script = [say("Yes."), say("No.")];
  const result = await runner.run(agent, "Does it work?");
  expect(result.finalOutput).toBe("Yes.");
  expect(told()?.at(-1)).toMatch(/Answer in one word\.[\s\S]*Does it work\?$/);
  const streamed = await runner.run(agent, "Is it broken?", { stream: true });
  expect((await all(streamed.toTextStream())).join("")).toBe("No.");
  await streamed.completed;
});
