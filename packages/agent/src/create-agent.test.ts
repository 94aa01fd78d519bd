import {
  type AgentEvent,
  ClawError,
  type Message,
  type Model,
  type ModelEvent,
  type ModelRequest,
  type ToolCall,
  type Turn,
} from "@claw/core";
import { expect, test } from "vitest";
import { createAgent } from "./create-agent.ts";

/** A model that plays the given steps, one a call, and keeps what it was asked. */
function scripted(...steps: readonly (readonly ModelEvent[])[]): Model & { readonly requests: ModelRequest[] } {
  const requests: ModelRequest[] = [];
  return {
    ref: "test/scripted",
    requests,
    async *stream(request) {
      const step = steps[requests.length];
      requests.push({ ...request, messages: [...request.messages] });
      yield* step ?? says("out of script");
    },
  };
}

const says = (text: string): readonly ModelEvent[] => [
  { type: "text-delta", text },
  { type: "model-end", stop: "stop", usage: { inputTokens: 1, outputTokens: 2 } },
];
const asks = (...ids: readonly string[]): readonly ModelEvent[] => [
  ...ids.map((id) => ({ type: "tool-call", id, tool: "exec", input: { command: id } }) as const),
  { type: "model-end", stop: "tool-calls" },
];

async function play(model: Model, options: { turn?: Partial<Turn>; maxSteps?: number; prompt?: string } = {}) {
  const calls: ToolCall[] = [];
  const agent = createAgent({
    name: "test",
    description: "a test",
    role: "default",
    prompt: options.prompt ?? "You are a test.",
    models: { resolve: async () => model, list: () => [] },
    ...(options.maxSteps === undefined ? {} : { maxSteps: options.maxSteps }),
  });
  const turn: Turn = {
    run: "run-1",
    session: "agent:test:main",
    messages: [{ role: "user", text: "hi" }],
    instructions: "",
    tools: [],
    async call(call) {
      calls.push(call);
      return { output: `ran ${call.id}`, failed: false };
    },
    signal: new AbortController().signal,
    ...options.turn,
  };
  const events: AgentEvent[] = [];
  for await (const event of agent.run(turn)) events.push(event);
  return { events, calls, end: events.at(-1) };
}

test("a plain answer is one step and done", async () => {
  const { events, end } = await play(scripted(says("hello")));
  expect(events.map(({ type }) => type)).toEqual(["model-start", "text-delta", "step", "turn-end"]);
  expect(end).toEqual({ type: "turn-end", reason: "done" });
});

test("tool calls run one after the other and their results go back to the model", async () => {
  const model = scripted(asks("a", "b"), says("done"));
  const { calls, end } = await play(model);
  expect(calls.map(({ id }) => id)).toEqual(["a", "b"]);
  expect(model.requests[1]?.messages.slice(-2)).toMatchObject([{ callId: "a" }, { callId: "b", output: "ran b" }]);
  expect(end).toEqual({ type: "turn-end", reason: "done" });
});

test("a chain of nine steps ends with its answer", async () => {
  const ids = ["1", "2", "3", "4", "5", "6", "7", "8"];
  const { calls, end } = await play(scripted(...ids.map((id) => asks(id)), says("all eight")));
  expect(calls).toHaveLength(8);
  expect(end).toEqual({ type: "turn-end", reason: "done" });
});

test("more steps than allowed end the turn with the setting to raise", async () => {
  const { end } = await play(scripted(asks("a"), asks("b"), asks("c")), { maxSteps: 2 });
  expect(end).toMatchObject({ reason: "error", error: { code: "AGENT_STEP_LIMIT" } });
  expect(end).toHaveProperty("error.message", expect.stringContaining("agents.defaults.maxSteps"));
});

test("a turn taken up again makes the calls that were never started, and no model call before them", async () => {
  const messages: readonly Message[] = [
    { role: "user", text: "go" },
    {
      role: "assistant",
      text: "",
      toolCalls: [
        { id: "a", tool: "exec", input: {} },
        { id: "b", tool: "exec", input: {} },
      ],
      model: "test/scripted",
      stop: "tool-calls",
    },
    { role: "tool", callId: "a", tool: "exec", output: "ok", failed: false },
  ];
  const model = scripted(says("done"));
  const { calls } = await play(model, { turn: { messages } });
  expect(calls.map(({ id }) => id)).toEqual(["b"]);
  expect(model.requests).toHaveLength(1);
  expect(model.requests[0]?.messages.at(-1)).toMatchObject({ callId: "b" });
});

test("an abort keeps what was said and ends aborted", async () => {
  const controller = new AbortController();
  const model: Model = {
    ref: "test/aborted",
    async *stream() {
      yield { type: "text-delta", text: "half of" };
      controller.abort();
      yield { type: "model-end", stop: "aborted" };
    },
  };
  const { events, end } = await play(model, { turn: { signal: controller.signal } });
  expect(events.find(({ type }) => type === "step")).toMatchObject({ message: { text: "half of", stop: "aborted" } });
  expect(end).toEqual({ type: "turn-end", reason: "aborted" });
});

test("a time limit ends the turn with its own error, not as an abort of somebody's", async () => {
  const controller = new AbortController();
  const limit = new ClawError("GATEWAY_TURN_TIMEOUT", "too long");
  const { end } = await play(scripted(asks("a"), says("late")), {
    turn: {
      signal: controller.signal,
      async call() {
        controller.abort(limit);
        return { output: "", failed: true };
      },
    },
  });
  expect(end).toEqual({ type: "turn-end", reason: "error", error: limit });
});

test("a model's error ends the turn with that error, after the text so far", async () => {
  const error = new ClawError("MODEL_RATE_LIMITED", "slow down");
  const { events, end } = await play(
    scripted([
      { type: "text-delta", text: "so far" },
      { type: "model-end", stop: "error", error },
    ]),
  );
  expect(events.find(({ type }) => type === "step")).toMatchObject({ message: { text: "so far", stop: "error" } });
  expect(end).toEqual({ type: "turn-end", reason: "error", error });
});

test("calls of a step that was cut short are not made", async () => {
  const { calls, end } = await play(
    scripted([
      { type: "tool-call", id: "a", tool: "exec", input: '{"comm' },
      { type: "model-end", stop: "length" },
    ]),
  );
  expect(calls).toEqual([]);
  expect(end).toEqual({ type: "turn-end", reason: "length" });
});

test("a model that breaks its contract is an error of the turn, not a throw", async () => {
  const broken: Model = {
    ref: "test/broken",
    async *stream() {
      yield { type: "text-delta", text: "and then nothing" };
    },
  };
  expect((await play(broken)).end).toMatchObject({ reason: "error", error: { code: "AGENT_FAILED" } });
});

test("a turn's own model and thinking level are asked for instead of the agent's", async () => {
  const model = scripted(says("hello"));
  const asked: string[] = [];
  const agent = createAgent({
    name: "test",
    description: "a test",
    role: "default",
    prompt: "",
    models: {
      async resolve(ref) {
        asked.push(ref);
        return model;
      },
      list: () => [],
    },
  });
  const turn: Turn = {
    run: "run-1",
    session: "agent:test:main",
    messages: [{ role: "user", text: "hi" }],
    instructions: "",
    tools: [],
    model: "test/large",
    thinking: "high",
    call: async () => ({ output: "", failed: false }),
    signal: new AbortController().signal,
  };
  for await (const _ of agent.run(turn));
  expect(asked).toEqual(["test/large"]);
  expect(model.requests[0]?.thinking).toBe("high");
});
