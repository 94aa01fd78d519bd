import { once } from "node:events";
import { request as httpRequest } from "node:http";
import OpenAI from "openai";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Answer, callTool, type FakeModel, failWith, say, startFakeModel } from "./harness/fake-model.ts";
import { type RunningGateway, startGateway } from "./harness/gateway.ts";

// OpenAI's own client, unchanged, against our gateway.

let model: FakeModel;
let gateway: RunningGateway;
let openai: OpenAI;

/** What the fake says to the next requests. */
let script: Answer[] = [];

const never = Promise.withResolvers<never>().promise;
const sayAndWait: Answer = async function* () {
  yield { text: "Once upon a time" };
  yield await never;
};

beforeAll(async () => {
  model = await startFakeModel((request) => (script.shift() ?? say("Nothing more to say."))(request));
  gateway = await startGateway({ config: model.config });
  openai = clientWith(gateway.token);
});

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await model?.[Symbol.asyncDispose]();
});

const clientWith = (apiKey: string) => new OpenAI({ baseURL: `${gateway.url}/v1`, apiKey, maxRetries: 2 });
const ask = (content: string, user?: string) => ({
  model: "openclaw",
  messages: [{ role: "user" as const, content }],
  ...(user === undefined ? {} : { user }),
});

/** The last thing the model was told. */
const lastMessage = () => model.requests.at(-1)?.body.messages.at(-1);

async function runsOf(sessionKey: string) {
  const client = await gateway.connect();
  const { runs } = await client.request("runs.list", { sessionKey });
  client.close();
  return runs;
}

test("every agent is a model", async () => {
  const { data } = await openai.models.list();
  expect(data.map(({ id }) => id)).toEqual(["openclaw", "openclaw/default", "openclaw/coder", "openclaw/researcher"]);
  expect(await openai.models.retrieve("openclaw/coder")).toMatchObject({ id: "openclaw/coder", object: "model" });
});

test("a completion holds the answer and what it cost", async () => {
  script = [say("Hello", " from", " the fake.")];
  const completion = await openai.chat.completions.create(ask("hi"));
  expect(completion.choices).toMatchObject([
    { index: 0, finish_reason: "stop", message: { role: "assistant", content: "Hello from the fake." } },
  ]);
  expect(completion.usage).toEqual({ prompt_tokens: 10, completion_tokens: 5, total_tokens: 15 });
  expect(lastMessage()).toMatchObject({ role: "user", content: "hi" });
});

test("a stream gives the text piece by piece, and the usage when asked", async () => {
  const second = Promise.withResolvers<void>();
  script = [
    async function* () {
      yield { text: "one" };
      await second.promise;
      yield { text: " two" };
    },
  ];
  const stream = await openai.chat.completions.create({
    ...ask("count"),
    stream: true,
    stream_options: { include_usage: true },
  });
  const pieces: string[] = [];
  let finish: string | null | undefined;
  let total: number | undefined;
  for await (const { choices, usage } of stream) {
    const content = choices[0]?.delta.content;
    if (content) pieces.push(content);
    finish = choices[0]?.finish_reason ?? finish;
    total = usage?.total_tokens;
    // The model goes on only once its first piece has come through.
    if (pieces.join("") === "one") second.resolve();
  }
  expect({ text: pieces.join(""), finish, total }).toEqual({ text: "one two", finish: "stop", total: 15 });
});

test("tools run inside: the caller sees the text around them", async () => {
  const look: Answer = () => [{ text: "I look." }, { tool: "exec", input: { command: "echo $((6 * 7))" } }];
  script = [look, say("It is 42.")];
  const { choices } = await openai.chat.completions.create(ask("six times seven?"));
  expect(choices[0]?.message).toEqual({ role: "assistant", content: "I look.\n\nIt is 42." });
  expect(lastMessage()).toMatchObject({ role: "tool", content: expect.stringContaining("42") });
});

test("tools run inside a stream as well", async () => {
  script = [callTool("exec", { command: "echo inside" }), say("Done.")];
  const stream = openai.chat.completions.stream(ask("go"));
  expect(await stream.finalContent()).toBe("Done.");
  expect(lastMessage()).toMatchObject({ role: "tool", content: expect.stringContaining("inside") });
});

test("the caller's history goes to the agent, and the same user continues a session", async () => {
  script = [say("Ada."), say("Grace."), say("Still Grace.")];
  await openai.chat.completions.create({
    model: "openclaw/coder",
    messages: [
      { role: "system", content: "Names only." },
      { role: "user", content: [{ type: "text", text: "Who wrote the first program?" }] },
      { role: "assistant", content: "Ada." },
      { role: "user", content: "And the first compiler?" },
    ],
  });
  expect(lastMessage()?.content).toMatch(/system: Names only\.[\s\S]*assistant: Ada\.[\s\S]*first compiler\?$/);
  await openai.chat.completions.create(ask("my name is Grace", "Grace@example.com"));
  await openai.chat.completions.create(ask("what is my name?", "Grace@example.com"));
  const seen = model.requests.at(-1)?.body.messages.map(({ content }) => content);
  expect(seen).toEqual(expect.arrayContaining(["my name is Grace", "Grace.", "what is my name?"]));
  expect(await runsOf("agent:default:openai-user:=47race=40example.com")).toHaveLength(2);
});

test("a wrong token is a 401 that says where the right one is", async () => {
  const refused = await clientWith("wrong")
    .chat.completions.create(ask("hi"))
    .catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(OpenAI.AuthenticationError);
  expect(refused).toMatchObject({ status: 401, message: expect.stringContaining("gateway.auth.token") });
  await expect(clientWith("wrong").models.list()).rejects.toMatchObject({ status: 401 });
});

test("an unknown model is a 404 that names the known ones", async () => {
  await expect(openai.chat.completions.create({ ...ask("hi"), model: "gpt-4o" })).rejects.toMatchObject({
    status: 404,
    code: "model_not_found",
    message: expect.stringContaining("researcher"),
  });
});

test("what can't be understood is a 400 that names the place", async () => {
  const image = { type: "image_url" as const, image_url: { url: "data:image/png;base64,AA==" } };
  const create = (messages: OpenAI.ChatCompletionMessageParam[]) =>
    openai.chat.completions.create({ model: "openclaw", messages });
  await expect(create([{ role: "user", content: [image] }])).rejects.toMatchObject({
    status: 400,
    message: expect.stringContaining("image_url"),
  });
  await expect(create([])).rejects.toMatchObject({ status: 400, message: expect.stringContaining("messages") });
});

test("a run that fails is an error with the run's id, and is not tried again by the client", async () => {
  script = [failWith(400)];
  const before = model.requests.length;
  const failed = await openai.chat.completions.create(ask("fail")).catch((error: unknown) => error);
  expect(failed).toMatchObject({ status: 502, error: { run_id: expect.any(String), message: expect.any(String) } });
  expect(model.requests.length).toBe(before + 1);
});

test("a stream whose run fails ends with the error", async () => {
  script = [failWith(400)];
  const stream = await openai.chat.completions.create({ ...ask("fail"), stream: true });
  const read = async () => {
    for await (const _ of stream);
  };
  await expect(read()).rejects.toMatchObject({ error: { run_id: expect.any(String) } });
});

test("a caller that leaves a stream stops the run, and the model with it", async () => {
  script = [sayAndWait];
  const stream = await openai.chat.completions.create({ ...ask("tell", "leaver"), stream: true });
  for await (const { choices } of stream) if (choices[0]?.delta.content) break;
  const { aborted } = await model.request(model.requests.length);
  if (!aborted.aborted) await once(aborted, "abort");
  const client = await gateway.connect();
  const [run] = (await client.request("runs.list", { sessionKey: "agent:default:openai-user:leaver" })).runs;
  await client.request("agent.wait", { runId: run?.runId ?? "" });
  client.close();
  expect(await runsOf("agent:default:openai-user:leaver")).toMatchObject([{ state: "aborted" }]);
});

test("a caller that hangs up on a whole answer stops the run as well", async () => {
  script = [sayAndWait];
  const asked = model.requests.length + 1;
  const controller = new AbortController();
  const answer = openai.chat.completions.create(ask("tell"), { signal: controller.signal }).catch(() => "gone");
  const { aborted } = await model.request(asked);
  controller.abort();
  if (!aborted.aborted) await once(aborted, "abort");
  expect(await answer).toBe("gone");
});

test("a body over 20 MB is refused without being read to its end", async () => {
  const { port } = new URL(gateway.url);
  const headers = { authorization: `Bearer ${gateway.token}`, "content-length": String(30 * 1024 * 1024) };
  const request = httpRequest({ port, method: "POST", path: "/v1/chat/completions", headers });
  request.on("error", () => {});
  request.write("{");
  const [response] = await once(request, "response");
  expect(response.statusCode).toBe(413);
  request.destroy();
});
