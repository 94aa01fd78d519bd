import { createAgent, presets } from "@claw/agent";
import type { AgentEvent, Message, ToolResult, Turn } from "@claw/core";
import { createModels } from "@claw/models";
import { expect, test } from "vitest";
import { anthropicServer } from "./anthropic-server.fixture.ts";

const tools = [{ name: "look", description: "Looks.", inputSchema: { type: "object" } }];

async function play(baseUrl: string, turn: Partial<Turn> = {}, output = "nothing") {
  const anthropic = { baseUrl, apiKey: "key", api: "anthropic-messages" } as const;
  const agent = createAgent({
    ...presets[0],
    models: createModels({ providers: { anthropic }, default: "anthropic/claude-sonnet-4-5" }),
  });
  const events: AgentEvent[] = [];
  const playing = agent.run({
    run: "run-1",
    session: "agent:default:main",
    messages: [{ role: "user", text: "Look around." }],
    instructions: "",
    tools,
    thinking: "high",
    call: async (): Promise<ToolResult> => ({ output, failed: false }),
    signal: new AbortController().signal,
    ...turn,
  });
  for await (const event of playing) events.push(event);
  const said = events.flatMap((event) => (event.type === "step" ? [event.message] : []));
  return { end: events.at(-1), said };
}

test("a model that thinks goes on thinking over its tool calls: each thought comes back signed as it was", async () => {
  await using server = await anthropicServer({ calls: 3 });
  const { end, said } = await play(server.baseUrl);
  expect(end).toEqual({ type: "turn-end", reason: "done" });
  expect(said.at(-1)?.text).toBe("done after 3");
  expect(server.refused).toEqual([]);
  expect(server.requests.map(({ thinking }) => thinking?.type)).toEqual(Array(4).fill("enabled"));
  const [, first] = server.requests[3]?.messages ?? [];
  expect(first?.content).toMatchObject([
    { type: "thinking", thinking: "I have looked 0 times.", signature: expect.any(String) },
    { type: "redacted_thinking", data: "hidden 0" },
    { type: "text", text: "Let me look." },
    { type: "tool_use", id: "toolu_0" },
  ]);
});

test("the server would refuse a loop of calls whose thoughts are missing, changed, or behind something else", async () => {
  await using server = await anthropicServer({ calls: 2 });
  await play(server.baseUrl);
  const [, , asked] = server.requests;
  const send = async (messages: unknown) => {
    const body = JSON.stringify({ ...asked, messages });
    const response = await fetch(`${server.baseUrl}/v1/messages`, { method: "POST", body });
    return `${response.status} ${await response.text()}`;
  };
  const text = JSON.stringify(asked?.messages);
  expect(await send(JSON.parse(text))).toMatch(/^200/);
  expect(await send(JSON.parse(text.replace("I have looked 0", "I have looked 9")))).toContain("bound to a different");
  expect(await send(JSON.parse(text.replace('"nothing"', '"something"')))).toContain("bound to a different");
  const without = JSON.parse(text, (_, value) =>
    Array.isArray(value) ? value.filter(({ type }) => !String(type).endsWith("thinking")) : value,
  );
  expect(await send(without)).toContain("must start with a thinking block");
});

test("a message that steers the turn leaves the thoughts before it in their place", async () => {
  await using server = await anthropicServer({ calls: 2 });
  let step = 0;
  const { end } = await play(server.baseUrl, {
    steered: async () => (++step === 3 ? [{ role: "user", text: "In French." }] : []),
  });
  expect(end).toEqual({ type: "turn-end", reason: "done" });
  expect(server.refused).toEqual([]);
});

test("a loop that a restart cut off, or another model began, goes on without thinking", async () => {
  await using server = await anthropicServer({ calls: 2 });
  const begun: readonly Message[] = [
    { role: "user", text: "Look around." },
    {
      role: "assistant",
      text: "Let me look.",
      toolCalls: [{ id: "toolu_0", tool: "look", input: {} }],
      model: "other/model",
      stop: "tool-calls",
    },
  ];
  const { end, said } = await play(server.baseUrl, { messages: begun });
  expect(end).toEqual({ type: "turn-end", reason: "done" });
  expect(said.at(-1)?.text).toBe("done after 2");
  expect(server.refused).toEqual([]);
  expect(server.requests.map(({ thinking }) => thinking)).toEqual([undefined, undefined]);
});

test("an earlier turn is given without what was thought in it", async () => {
  await using server = await anthropicServer({ calls: 1 });
  const { said } = await play(server.baseUrl);
  const history: readonly Message[] = [
    { role: "user", text: "Look around." },
    ...said.flatMap((message): readonly Message[] => [
      message,
      ...message.toolCalls.map(
        ({ id, tool }) => ({ role: "tool", callId: id, tool, output: "nothing", failed: false }) as const,
      ),
    ]),
    { role: "user", text: "And again." },
  ];
  const { end } = await play(server.baseUrl, { messages: history, instructions: "It is Tuesday now." });
  expect(end).toEqual({ type: "turn-end", reason: "done" });
  expect(server.refused).toEqual([]);
});
