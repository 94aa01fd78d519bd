import type { AgentEvent, Model, ModelEvent, ModelRequest, Thought, Turn } from "@claw/core";
import { expect, test } from "vitest";
import { type AgentOptions, createAgent } from "../create-agent.ts";
import { handClock } from "../hand-clock.fixture.ts";

const thought = (text: string): Thought => ({ text, seal: { maker: { signature: `signed ${text}` } } });

/** Thinks and calls in all steps but the last. */
function thoughtfulModel(steps: number, contextWindow = 100_000): Model & { readonly requests: ModelRequest[] } {
  const requests: ModelRequest[] = [];
  return {
    ref: "test/thoughtful",
    contextWindow,
    requests,
    async *stream(request): AsyncGenerator<ModelEvent> {
      if (request.tools.length === 0) {
        yield { type: "text-delta", text: "NOTES" };
        yield { type: "model-end", stop: "stop" };
        return;
      }
      const step = requests.push(request);
      yield { type: "thought", thought: thought(`thought ${step}`) };
      if (step < steps) yield { type: "tool-call", id: `c${step}`, tool: "read", input: {} };
      else yield { type: "text-delta", text: "done" };
      yield { type: "model-end", stop: step < steps ? "tool-calls" : "stop" };
    },
  };
}

async function play(model: Model, turn: Partial<Turn> = {}, options: Partial<AgentOptions> = {}) {
  const models = { resolve: async () => model, list: () => [] };
  const agent = createAgent({ name: "test", description: "a test", role: "default", prompt: "", models, ...options });
  const events: AgentEvent[] = [];
  const playing = agent.run({
    run: "run-1",
    session: "agent:test:main",
    messages: [{ role: "user", text: "go" }],
    instructions: "",
    tools: [{ name: "read", description: "reads", inputSchema: {} }],
    call: async () => ({ output: "found", failed: false }),
    signal: new AbortController().signal,
    ...turn,
  });
  for await (const event of playing) events.push(event);
  return events;
}

const thoughtsIn = ({ messages }: ModelRequest) =>
  messages.flatMap((message) => (message.role === "assistant" ? (message.thoughts ?? []) : []).map(({ text }) => text));

test("what a model thought before its calls goes back to it with the results, and nowhere else", async () => {
  const model = thoughtfulModel(3);
  const events = await play(model);
  expect(model.requests.map(thoughtsIn)).toEqual([[], ["thought 1"], ["thought 1", "thought 2"]]);
  expect(model.requests[1]?.messages[1]).toMatchObject({ thoughts: [thought("thought 1")] });
  expect(JSON.stringify(events)).not.toContain("signed");
});

test("a message that steers the turn leaves them, since it only comes after", async () => {
  const model = thoughtfulModel(3);
  let asked = 0;
  await play(model, { steered: async () => (++asked === 2 ? [{ role: "user", text: "in French" }] : []) });
  expect(model.requests.map(thoughtsIn)).toEqual([[], ["thought 1"], ["thought 1", "thought 2"]]);
});

test("once what they came after is summarised they are gone, and later ones are kept again", async () => {
  const model = thoughtfulModel(6, 1_000);
  const events = await play(model, { call: async () => ({ output: "word ".repeat(120), failed: false }) });
  const summarised = events.findIndex((event) => event.type === "compaction" && event.phase === "end");
  expect(summarised).toBeGreaterThan(0);
  const stepsBefore = events.slice(0, summarised).filter(({ type }) => type === "step").length;
  const sent = model.requests.map(thoughtsIn);
  expect(sent[stepsBefore]).toEqual([]);
  expect(sent[stepsBefore - 1]?.length).toBe(stepsBefore - 1);
  expect(events.at(-1)).toEqual({ type: "turn-end", reason: "done" });
});

test("the faster service is asked for as the turn says, and by auto in its first minute alone", async () => {
  const clock = handClock();
  const call = async () => {
    clock.advance(45_000);
    return { output: "found", failed: false };
  };
  const fastIn = async (fast: Turn["fast"]) => {
    const model = thoughtfulModel(3);
    await play(model, { call, ...(fast === undefined ? {} : { fast }) }, { clock });
    return model.requests.map((request) => request.fast);
  };
  expect(await fastIn(true)).toEqual([true, true, true]);
  expect(await fastIn(false)).toEqual([false, false, false]);
  expect(await fastIn("auto")).toEqual([true, true, undefined]);
  expect(await fastIn(undefined)).toEqual([undefined, undefined, undefined]);
});
