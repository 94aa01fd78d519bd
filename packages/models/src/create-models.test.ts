import { ClawError, type ModelEvent, type ModelMessage, RateLimitedError, type ToolSpec } from "@claw/core";
import { expect, test, vi } from "vitest";
import { createModels } from "./create-models.ts";
import { type Answer, call, delta, end, events, fakeServer, hello, start, status } from "./fixtures/fake-server.ts";
import { handClock } from "./fixtures/hand-clock.ts";
import { MAX_LINE_BYTES } from "./limited-fetch.ts";
import type { ModelsOptions } from "./options.ts";

const KEY = "sk-very-secret-0123456789";
const tools: readonly ToolSpec[] = [{ name: "exec", description: "Runs a command.", inputSchema: { type: "object" } }];
const hi: readonly ModelMessage[] = [{ role: "user", text: "Hi" }];

/** Retries pass at once; silence counts only where a test says so. */
const impatient = () => handClock((delayMs) => delayMs < 100_000);

async function collect(options: ModelsOptions, signal = new AbortController().signal, messages = hi) {
  const model = await createModels(options).resolve("default");
  const all: ModelEvent[] = [];
  for await (const event of model.stream({ system: "Be brief.", messages, tools, signal })) all.push(event);
  const last = all.at(-1);
  if (last?.type !== "model-end") throw new Error("no end");
  return {
    all,
    end: last,
    retries: all.filter((event) => event.type === "retry"),
    code: last.error?.code,
    message: last.error?.message ?? "",
  };
}

function one(
  baseUrl: string,
  more: Partial<ModelsOptions["providers"]> = {},
  clock = impatient().clock,
): ModelsOptions {
  return {
    providers: { mine: { baseUrl, apiKey: KEY }, ...more } as NonNullable<ModelsOptions["providers"]>,
    default: "mine/m",
    clock,
  };
}

async function against(...answers: readonly Answer[]) {
  await using server = await fakeServer(...answers);
  return { ...(await collect(one(server.baseUrl))), requests: server.received.length };
}

test("text, reasoning, tool calls and usage come through", async () => {
  const usage = { prompt_tokens: 10, completion_tokens: 5, prompt_tokens_details: { cached_tokens: 4 } };
  const { all } = await against(
    events(
      delta({ reasoning_content: "Hmm" }),
      delta({ content: "Hi" }),
      call(0, "exec", '{"command":', "a"),
      call(0, "exec", '"ls"}'),
      end("tool_calls", usage),
    ),
  );
  expect(all).toEqual([
    { type: "reasoning-delta", text: "Hmm" },
    { type: "thought", thought: { text: "Hmm" } },
    { type: "text-delta", text: "Hi" },
    { type: "tool-call", id: "a", tool: "exec", input: { command: "ls" } },
    { type: "model-end", stop: "tool-calls", usage: { inputTokens: 10, outputTokens: 5, cachedInputTokens: 4 } },
  ]);
});

test("a tool input that is not JSON comes as text, and missing, repeated and odd ids are replaced", async () => {
  const messages: ModelMessage[] = [
    ...hi,
    {
      role: "assistant",
      text: "",
      toolCalls: [{ id: "a", tool: "exec", input: "broken" }],
      model: "mine/m",
      stop: "tool-calls",
    },
    { role: "tool", callId: "a", tool: "exec", output: "no", failed: true },
  ];
  await using server = await fakeServer(
    events(
      call(0, "exec", '{"command": oops', "a"),
      call(1, "exec", "", ""),
      call(2, "exec", "{}", "functions.exec:2"),
      end("stop"),
    ),
  );
  const { all, end: ended } = await collect(one(server.baseUrl), undefined, messages);
  const calls = all.filter((event) => event.type === "tool-call");
  expect(calls.map(({ input }) => input)).toEqual(['{"command": oops', {}, {}]);
  for (const { id } of calls) expect(id).toMatch(/^(?!a$)[\w-]{1,64}$/);
  expect(ended.stop).toBe("tool-calls");
  expect(server.received[0]?.body).toMatchObject({
    messages: [{ role: "system" }, { role: "user" }, { role: "assistant" }, { role: "tool" }],
  });
});

test("a refused key ends with MODEL_AUTH, which names the provider and the setting but not the key", async () => {
  const {
    code,
    message,
    end: ended,
    requests,
  } = await against(status(401, { error: { message: `Incorrect API key ${KEY}` } }));
  expect(code).toBe("MODEL_AUTH");
  expect(message).toMatch(
    /^mine \(http:\/\/127\.0\.0\.1:\d+\) refuses the API key\. Set models\.providers\.mine\.apiKey\.$/,
  );
  expect(String((ended.error?.cause as Error | undefined)?.message)).toContain("[redacted]");
  expect(JSON.stringify([ended.error, ended.error?.cause, ended.error?.stack])).not.toContain(KEY);
  expect(requests).toBe(1);
});

test("a built-in provider without a key ends with MODEL_AUTH before anything is sent", async () => {
  const { code, message } = await collect({ default: "anthropic/claude-sonnet-5-5" });
  expect(code).toBe("MODEL_AUTH");
  expect(message).toBe("anthropic has no API key. Set ANTHROPIC_API_KEY or models.providers.anthropic.apiKey.");
});

test("429 waits as asked, says so, and succeeds", async () => {
  const { clock, delays } = impatient();
  await using server = await fakeServer(
    status(429, { error: { message: "slow down" } }, { "retry-after": "7" }),
    hello,
  );
  const { retries, end: ended, all } = await collect(one(server.baseUrl, {}, clock));
  expect(retries).toEqual([
    { type: "retry", attempt: 2, delayMs: 7000, reason: expect.stringContaining("asks to wait 7 s") },
  ]);
  expect(delays).toEqual([7000]);
  expect(ended).toEqual({ type: "model-end", stop: "stop" });
  expect(all.filter((event) => event.type === "text-delta")).toHaveLength(3);
});

test("429 for good, or for longer than can be waited, ends with MODEL_RATE_LIMITED and the wait", async () => {
  const forever = await against(status(429, "", { "retry-after": "2" }));
  expect(forever.requests).toBe(5);
  const far = await against(status(429, "", { "retry-after": "3600" }));
  expect(far.requests).toBe(1);
  expect(far.end.error).toBeInstanceOf(RateLimitedError);
  expect(far.end.error).toMatchObject({ code: "MODEL_RATE_LIMITED", retryAfterMs: 3_600_000 });
});

test("500 is tried again with growing delays, then ends with MODEL_UNAVAILABLE", async () => {
  const { code, retries, requests } = await against(status(500, { error: { message: "boom" } }));
  expect(code).toBe("MODEL_UNAVAILABLE");
  expect(requests).toBe(5);
  retries.forEach(({ delayMs }, index) => {
    expect(delayMs).toBeGreaterThanOrEqual(500 * 2 ** index);
    expect(delayMs).toBeLessThanOrEqual(Math.ceil(625 * 2 ** index));
  });
});

test.each<[string, Answer]>([
  ["a web page", status(200, "<html>Welcome</html>", { "content-type": "text/html" })],
  ["text that is no event stream", status(200, "Hello there", { "content-type": "text/event-stream" })],
  ["an empty body", status(200, "", { "content-type": "text/event-stream" })],
  ["broken JSON", events('{"choices": [')],
  ["broken JSON about billing and context length", events('{"choices": ["billing, context length')],
  ["JSON of another shape", events({ choices: "none" })],
  ["a stream that ends before the answer does", events(delta({ content: "Hel" }))],
  ["a redirect", status(307, "moved", { location: "http://127.0.0.1:9/" })],
])("%s ends with MODEL_BAD_RESPONSE", async (_, answer) => {
  const { code, requests, message } = await against(answer);
  expect(message).toContain("mine");
  expect(code).toBe("MODEL_BAD_RESPONSE");
  expect(requests).toBe(1);
});

test("a line without end is cut off before it is buffered", async () => {
  let sent = 0;
  const { code } = await against((response) => {
    start(response);
    const chunk = "x".repeat(64 * 1024);
    response.on("error", () => {});
    const more = () => {
      while (!response.destroyed && response.write(chunk)) sent += chunk.length;
      sent += chunk.length;
    };
    response.on("drain", more);
    more();
  });
  expect(code).toBe("MODEL_BAD_RESPONSE");
  expect(sent).toBeLessThan(4 * MAX_LINE_BYTES);
});

test("an error body is read only so far", async () => {
  const { code } = await against(status(500, "x".repeat(1024 * 1024)));
  expect(code).toBe("MODEL_UNAVAILABLE");
});

test.each<[string, Answer]>([
  ["before the first byte", () => {}],
  ["after the first words", (response) => start(response, delta({ content: "Hel" }))],
])("silence %s ends with MODEL_TIMEOUT", async (_, answer) => {
  await using server = await fakeServer(answer);
  const silence = Promise.withResolvers<void>();
  // The silence is over once the server has done all it will.
  const { clock } = handClock(() => false);
  const waits: (() => void)[] = [];
  let nowMs = 0;
  const held = {
    ...clock,
    monotonicMs: () => nowMs,
    after: (delayMs: number, callback: () => void) => {
      waits.push(() => {
        nowMs += delayMs;
        callback();
      });
      silence.resolve();
      return () => {};
    },
  };
  const options = { ...one(server.baseUrl, { mine: { baseUrl: server.baseUrl, timeoutSeconds: 90 } }), clock: held };
  const model = await createModels(options).resolve("default");
  const stream = model
    .stream({ system: "", messages: hi, tools, signal: new AbortController().signal })
    [Symbol.asyncIterator]();
  let next = stream.next();
  if (answer.length > 0) {
    expect((await next).value).toEqual({ type: "text-delta", text: "Hel" });
    next = stream.next();
  }
  await silence.promise;
  waits.splice(0).forEach((fire) => {
    fire();
  });
  const { value } = await next;
  expect(value).toMatchObject({ type: "model-end", stop: "error", error: { code: "MODEL_TIMEOUT" } });
  expect(value.error.message).toContain("mine was silent for 90 s");
});

test("a server that is not there is tried again, then ends with MODEL_UNAVAILABLE", async () => {
  const server = await fakeServer(hello);
  await server[Symbol.asyncDispose]();
  const { code, message, retries } = await collect(one(server.baseUrl));
  expect(code).toBe("MODEL_UNAVAILABLE");
  expect(message).toContain("can't be reached (ECONNREFUSED)");
  expect(retries).toHaveLength(4);
});

test("a connection lost before the first word is tried again, after it not", async () => {
  const early = await against((response) => response.destroy(), hello);
  expect(early.end.stop).toBe("stop");
  const late = await against((response) => {
    start(response, delta({ content: "Hel" }));
    setImmediate(() => response.destroy());
  }, hello);
  expect(late).toMatchObject({ code: "MODEL_UNAVAILABLE", requests: 1 });
});

test.each([
  ["MODEL_CONTEXT_OVERFLOW", status(400, { error: { message: "too long", code: "context_length_exceeded" } })],
  ["MODEL_CONTEXT_OVERFLOW", status(400, { error: { message: "the request exceeds the available context size" } })],
  ["MODEL_INVALID_REQUEST", status(400, { error: { message: "bad schema" } })],
  ["MODEL_AUTH", status(429, { error: { message: "no credit", code: "insufficient_quota" } })],
  ["MODEL_UNKNOWN", status(404, { error: { message: "model 'm' not found" } })],
  ["MODEL_REFUSED", events(end("content_filter"))],
  ["MODEL_UNAVAILABLE", events({ error: { message: "Overloaded", code: 503 } })],
] as const)("what the server says decides the code: %s", async (code, answer) => {
  expect((await against(answer)).code).toBe(code);
});

test("the next model in the chain answers, and the end names it", async () => {
  await using broken = await fakeServer(status(401));
  await using working = await fakeServer(hello);
  const options = one(broken.baseUrl, { other: { baseUrl: working.baseUrl } });
  const { retries, end: ended } = await collect({ ...options, default: { primary: "mine/m", fallbacks: ["other/n"] } });
  expect(retries).toEqual([
    { type: "retry", attempt: 1, delayMs: 0, reason: expect.stringContaining("Asking other/n instead.") },
  ]);
  expect(ended).toEqual({ type: "model-end", stop: "stop", model: "other/n" });
});

test.each([
  ["context overflow", status(400, { error: { message: "prompt is too long" } })],
  ["a refusal", events(end("content_filter"))],
  ["words already streamed", events(delta({ content: "Hel" }))],
])("%s does not move on to the next model", async (_, answer) => {
  await using first = await fakeServer(answer);
  await using second = await fakeServer(hello);
  const options = one(first.baseUrl, { other: { baseUrl: second.baseUrl } });
  const { end: ended } = await collect({ ...options, default: ["mine/m", "other/n"] });
  expect(ended.stop).toBe("error");
  expect(second.received).toHaveLength(0);
});

test("an abort during a wait ends as aborted and asks nobody else", async () => {
  await using first = await fakeServer(status(500));
  await using second = await fakeServer(hello);
  const abort = new AbortController();
  const { clock } = handClock(() => false);
  const options = {
    ...one(first.baseUrl, { other: { baseUrl: second.baseUrl } }, clock),
    default: ["mine/m", "other/n"],
  };
  const model = await createModels(options).resolve("default");
  const seen: ModelEvent[] = [];
  for await (const event of model.stream({ system: "", messages: hi, tools, signal: abort.signal })) {
    seen.push(event);
    if (event.type === "retry") setImmediate(() => abort.abort());
  }
  expect(seen.map((event) => (event.type === "model-end" ? event.stop : event.type))).toEqual(["retry", "aborted"]);
  expect(second.received).toHaveLength(0);
});

test("the api ollama is reached at its OpenAI side", async () => {
  await using server = await fakeServer(hello);
  const providers = { mine: { baseUrl: new URL(server.baseUrl).origin, api: "ollama" } } as const;
  expect((await collect({ providers, default: "mine/m" })).end.stop).toBe("stop");
  expect(server.received[0]?.url).toBe("/v1/chat/completions");
});

test("connections are kept from call to call", async () => {
  await using server = await fakeServer(hello);
  const options = one(server.baseUrl);
  const model = await createModels(options).resolve("default");
  for (let count = 0; count < 20; count += 1) {
    for await (const event of model.stream({ system: "", messages: hi, tools, signal: new AbortController().signal })) {
      if (event.type === "model-end") expect(event.stop).toBe("stop");
    }
  }
  // Two, where a call starts before the end of the one before has been read from its socket.
  expect(server.connections()).toBeLessThanOrEqual(2);
});

test("every API reaches its own endpoint with its own key header, and nothing is printed", async () => {
  const printed = [
    vi.spyOn(console, "log"),
    vi.spyOn(console, "warn"),
    vi.spyOn(console, "error"),
    vi.spyOn(console, "info"),
  ];
  await using server = await fakeServer(status(400, { error: { message: "enough" } }));
  for (const api of ["openai-completions", "openai-responses", "anthropic-messages", "google-generative-ai"] as const) {
    const options = {
      providers: { mine: { baseUrl: server.baseUrl, apiKey: KEY, api, headers: { "x-team": "blue" } } },
      default: "mine/gemini-3.8-flash",
    };
    expect((await collect(options)).code).toBe("MODEL_INVALID_REQUEST");
  }
  expect(
    server.received.map(({ url, headers }) => [
      url,
      headers["x-team"],
      headers.authorization ?? headers["x-api-key"] ?? headers["x-goog-api-key"],
    ]),
  ).toEqual([
    ["/v1/chat/completions", "blue", `Bearer ${KEY}`],
    ["/v1/responses", "blue", `Bearer ${KEY}`],
    ["/v1/messages", "blue", KEY],
    ["/v1/models/gemini-3.8-flash:streamGenerateContent?alt=sse", "blue", KEY],
  ]);
  expect(server.received[1]?.body).toMatchObject({ store: false });
  expect(server.received[2]?.body).toMatchObject({ cache_control: { type: "ephemeral" } });
  for (const spy of printed) {
    expect(spy).not.toHaveBeenCalled();
    spy.mockRestore();
  }
});

test("roles follow the routing, else the default, else the demo", async () => {
  const models = createModels({
    default: "openai/a",
    routing: { coder: ["anthropic/b", "openai/a"] },
    env: { OPENAI_API_KEY: KEY },
  });
  expect((await models.resolve("coder")).ref).toBe("anthropic/b");
  expect((await models.resolve("fast")).ref).toBe("openai/a");
  expect(await models.resolve("fast")).toBe(await models.resolve("fast"));
  expect((await createModels().resolve("planner")).ref).toBe("demo/offline");
  expect(models.list().filter(({ roles }) => roles.length > 0)).toEqual([
    {
      ref: "openai/a",
      name: "a",
      provider: "openai",
      available: true,
      roles: ["default", "planner", "fast", "vision"],
    },
    { ref: "anthropic/b", name: "b", provider: "anthropic", available: false, roles: ["coder"] },
  ]);
});

test("without a default the first configured provider that can be used is", async () => {
  const providers = { anthropic: {}, google: { apiKey: KEY }, mine: { baseUrl: "http://127.0.0.1:1/v1" } };
  expect((await createModels({ providers }).resolve("default")).ref).toBe("google/gemini-3.8-flash");
  expect((await createModels({ providers: { anthropic: {} } }).resolve("default")).ref).toBe("demo/offline");
});

test("a model nobody declared is rejected with the nearest one, and a bare id stands for the one that has it", async () => {
  const models = createModels({
    providers: { mine: { baseUrl: "http://127.0.0.1:1/v1", models: [{ id: "llama-4", contextWindow: 8192 }] } },
  });
  const rejection = await models.resolve("mine/llama4").catch((error: unknown) => error);
  expect(ClawError.is(rejection, "MODEL_UNKNOWN")).toBe(true);
  expect(String(rejection)).toContain('the nearest known is "mine/llama-4"');
  expect(await models.resolve("llama-4")).toMatchObject({ ref: "mine/llama-4", contextWindow: 8192 });
  await expect(models.resolve("nobody/x")).rejects.toMatchObject({ code: "MODEL_UNKNOWN" });
});

test("a base URL that is none is refused when the models are made", () => {
  expect(() => createModels({ providers: { mine: { baseUrl: "localhost:8080" } } })).toThrow(
    /models\.providers\.mine\.baseUrl must be/,
  );
  expect(() => createModels({ providers: { mine: {} } })).toThrow(/none is given/);
});

test("every provider says where its key comes from, and no key is told", () => {
  const models = createModels({
    providers: { openai: { apiKey: "sk-configured" }, mine: { baseUrl: "http://127.0.0.1:1/v1" } },
    env: { GEMINI_API_KEY: "sk-environment" },
  });
  const found = Object.fromEntries((models.providers?.() ?? []).map(({ id, credential }) => [id, credential]));
  expect(found).toMatchObject({
    openai: "configured",
    mine: "not-needed",
    google: "environment",
    anthropic: "missing",
    ollama: "not-needed",
  });
  expect(JSON.stringify(models.providers?.())).not.toContain("sk-");
});
