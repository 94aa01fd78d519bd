import { type AgentEvent, ClawError, type Message, type Model, type SummaryMessage, type Turn } from "@claw/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { type AgentOptions, createAgent } from "../create-agent.ts";
import { handClock } from "../hand-clock.fixture.ts";
import { windowedModel } from "./scripted-model.fixture.ts";

const user = (text: string): Message => ({ role: "user", text });
const says = (text: string): Message => ({ role: "assistant", text, toolCalls: [], model: "test/m", stop: "stop" });
const asks = (id: string): Message => ({
  role: "assistant",
  text: "",
  toolCalls: [{ id, tool: "exec", input: { command: "ls" } }],
  model: "test/m",
  stop: "tool-calls",
});
const result = (callId: string, output: string): Message => ({
  role: "tool",
  callId,
  tool: "exec",
  output,
  failed: false,
});
const words = (count: number): string => "word ".repeat(count);

function agentWith(model: Model, options: Partial<AgentOptions> = {}) {
  const models = { resolve: async () => model, list: () => [] };
  return createAgent({ name: "test", description: "a test", role: "default", prompt: "", models, ...options });
}

const turnOf = (messages: readonly Message[], more: Partial<Turn> = {}): Turn => ({
  run: "run-1",
  session: "agent:test:main",
  messages,
  instructions: "",
  tools: [],
  call: async () => ({ output: "", failed: false }),
  signal: new AbortController().signal,
  ...more,
});

async function eventsOf(events: AsyncIterable<AgentEvent> | undefined): Promise<readonly AgentEvent[]> {
  const all: AgentEvent[] = [];
  for await (const event of events ?? []) all.push(event);
  return all;
}

function summaryIn(events: readonly AgentEvent[]): SummaryMessage | undefined {
  return events.flatMap((event) => (event.type === "compaction" && event.phase === "end" ? [event.message] : []))[0];
}

const long = [...Array(40).keys()].flatMap((index) => [
  user(`question ${index} ${words(40)}`),
  says(`answer ${index}`),
]);

test("a history near the window is summarised by the model, and the newest messages stay as they are", async () => {
  const model = windowedModel(2_400, 3.5, ({ system }) => (system.includes("memory of a long") ? "NOTES" : "fine"));
  const events = await eventsOf(agentWith(model).run(turnOf([...long, user("and now?")])));
  const summary = summaryIn(events);
  expect(events[0]).toEqual({ type: "compaction", phase: "start", reason: "threshold" });
  expect(summary).toMatchObject({ text: "NOTES", model: "test/windowed", usage: { outputTokens: expect.anything() } });
  expect(summary?.tokensAfter).toBeLessThan(summary?.tokensBefore ?? 0);
  const { messages } = model.taken.at(-1) ?? { messages: [] };
  expect(messages[0]).toMatchObject({ role: "user", text: expect.stringContaining("NOTES") });
  expect(messages.slice(1)).toEqual([...long, user("and now?")].slice(-(summary?.kept ?? 0)));
  expect(messages.at(-1)).toEqual(user("and now?"));
  expect(events.at(-1)).toEqual({ type: "turn-end", reason: "done" });
  expect(model.refused).toBe(0);
});

test("a provider that refuses the request as too long is asked again with less", async () => {
  const model = windowedModel(3_000, 1);
  const events = await eventsOf(agentWith(model).run(turnOf([...long.slice(0, 30), user("and now?")])));
  expect(model.refused).toBeGreaterThan(0);
  expect(summaryIn(events)).toBeDefined();
  expect(events.filter(({ type }) => type === "turn-end")).toEqual([{ type: "turn-end", reason: "done" }]);
});

test("where no model can summarise, a digest of the beginnings stands in and the turn goes on", async () => {
  const model = windowedModel(2_400, 3.5, ({ system }) => (system.includes("memory of a long") ? "" : "fine"));
  const events = await eventsOf(agentWith(model).run(turnOf([...long, user("and now?")])));
  expect(summaryIn(events)?.text).toContain("No model could summarise");
  expect(summaryIn(events)?.model).toBeUndefined();
  expect(events.at(-1)).toEqual({ type: "turn-end", reason: "done" });
});

test("a model that never answers costs the time for a summary and no more", async () => {
  const quick = windowedModel(2_400, 3.5);
  const clock = handClock();
  const model: Model = {
    ...quick,
    stream: (request) =>
      request.system.includes("memory of a long")
        ? (async function* () {
            clock.advance(179_999);
            expect(request.signal.aborted).toBe(false);
            clock.advance(1);
            await new Promise(() => {});
          })()
        : quick.stream(request),
  };
  const agent = agentWith(model, { clock });
  const events = await eventsOf(agent.run(turnOf([...long, user("and now?")])));
  expect(summaryIn(events)?.text).toContain("No model could summarise");
  expect(events.at(-1)).toEqual({ type: "turn-end", reason: "done" });
  expect(clock.timers.size).toBe(0);
});

test("whoever notes down what leaves has half a minute, and its delay is told", async () => {
  const clock = handClock();
  const agent = agentWith(windowedModel(2_400, 3.5), {
    clock,
    async beforeCompaction({ signal }) {
      clock.advance(30_000);
      expect(signal.aborted).toBe(true);
      await new Promise(() => {});
    },
  });
  const events = await eventsOf(agent.run(turnOf([...long, user("and now?")])));
  expect(events).toContainEqual({ type: "warning", text: expect.stringContaining("took too long") });
  expect(events.at(-1)).toEqual({ type: "turn-end", reason: "done" });
});

test("in the middle of a long turn the request stays word for word", async () => {
  const calls = [...Array(12).keys()].flatMap((index) => [asks(`c${index}`), result(`c${index}`, words(150))]);
  const model = windowedModel(2_400, 3.5);
  const events = await eventsOf(agentWith(model).run(turnOf([user("Count the lobsters"), ...calls])));
  expect(summaryIn(events)?.text).toContain("Count the lobsters");
  const { messages } = model.taken.at(-1) ?? { messages: [] };
  expect(messages[1]?.role).toBe("assistant");
  expect(events.at(-1)).toEqual({ type: "turn-end", reason: "done" });
});

test("asked for by hand, all but the last message is summarised, and an empty history is left alone", async () => {
  const agent = agentWith(windowedModel(100_000, 3.5));
  const said = [user(words(40)), says("b"), user("c"), says("d")];
  const events = await eventsOf(agent.compact?.(turnOf(said)));
  expect(events.map((event) => event.type)).toEqual(["compaction", "compaction", "turn-end"]);
  expect(summaryIn(events)?.kept).toBe(1);
  expect(await eventsOf(agent.compact?.(turnOf([])))).toEqual([{ type: "turn-end", reason: "done" }]);
});

test("asked for by hand, a summary that is no shorter than the conversation is not put in its place", async () => {
  const agent = agentWith(windowedModel(100_000, 3.5, () => words(100)));
  const events = await eventsOf(agent.compact?.(turnOf([user("a"), says("b"), user("c"), says("d")])));
  expect(summaryIn(events)).toBeUndefined();
  expect(events.at(-1)).toEqual({ type: "turn-end", reason: "done" });
});

test("what leaves is shown to whoever wants to note it down, whose failure holds nothing up", async () => {
  const leaving: number[] = [];
  const agent = agentWith(windowedModel(2_400, 3.5), {
    async beforeCompaction({ messages }) {
      leaving.push(messages.length);
      throw new Error("no room");
    },
  });
  const events = await eventsOf(agent.run(turnOf([...long, user("and now?")])));
  expect(leaving[0]).toBeGreaterThan(10);
  expect(events.filter(({ type }) => type === "warning")).toHaveLength(1);
  expect(events.at(-1)).toEqual({ type: "turn-end", reason: "done" });
});

test("an abort during a compaction ends the turn as aborted", async () => {
  const controller = new AbortController();
  const agent = agentWith(windowedModel(2_400, 3.5), { beforeCompaction: async () => controller.abort() });
  const events = await eventsOf(agent.run(turnOf([...long, user("now")], { signal: controller.signal })));
  expect(events.at(-1)).toEqual({ type: "turn-end", reason: "aborted" });
  expect(summaryIn(events)).toBeUndefined();
});

test("what no compaction can make fit is a clear error that names it", async () => {
  const tools = [{ name: "exec", description: words(4_000), inputSchema: {} }];
  const events = await eventsOf(agentWith(windowedModel(2_000, 3.5)).run(turnOf([user("hi")], { tools })));
  const end = events.at(-1);
  expect(end).toMatchObject({ type: "turn-end", reason: "error" });
  expect(end?.type === "turn-end" && end.error?.code).toBe("AGENT_CONTEXT_TOO_SMALL");
  expect(end?.type === "turn-end" && end.error?.message).toMatch(/the 1 tools about 5\d{3}/);
});

test("any history comes to a request that the model takes, whatever it counts as a token", async () => {
  const text = fc.oneof(
    fc.string(),
    fc.nat(4_000).map(words),
    fc.nat(900).map((count) => "龍".repeat(count)),
  );
  const exchange = fc.oneof(
    text.map((said) => [user(said)]),
    text.map((said) => [says(said)]),
    fc.tuple(fc.uuid(), text).map(([id, output]) => [asks(id), result(id, output)]),
  );
  await fc.assert(
    fc.asyncProperty(
      fc.array(exchange, { maxLength: 30 }),
      fc.integer({ min: 2_500, max: 20_000 }),
      fc.constantFrom(0.5, 1, 2, 3.5, 5),
      fc.boolean(),
      async (exchanges, window, charactersPerToken, known) => {
        const model = windowedModel(window, charactersPerToken);
        const { contextWindow: _, ...unknown } = model;
        const messages = [...exchanges.flat(), user("the last one")];
        const events = await eventsOf(agentWith(known ? model : unknown).run(turnOf(messages)));
        const end = events.at(-1);
        if (end?.type === "turn-end" && ClawError.is(end.error, "AGENT_CONTEXT_TOO_SMALL")) {
          // The system text alone is what a window of so few characters has no room for.
          expect(window * charactersPerToken).toBeLessThan(4_000);
          return;
        }
        expect(end).toEqual({ type: "turn-end", reason: "done" });
        expect(model.taken.at(-1)?.messages.at(-1)).toEqual(user("the last one"));
      },
    ),
    { numRuns: 150 },
  );
}, 60_000);
