import type { Agent, AssistantMessage, SummaryMessage, Turn } from "@claw/core";
import { expect, test } from "vitest";
import { connectClient } from "./connect.fixture.ts";
import { startGateway } from "./gateway.fixture.ts";
import { converse } from "./methods/people.fixture.ts";

const summary: SummaryMessage = {
  role: "summary",
  text: "NOTES",
  kept: 1,
  tokensBefore: 900,
  tokensAfter: 90,
  model: "test/writer",
  usage: { inputTokens: 800, outputTokens: 40 },
};

/** Says what it was given; told to, it compacts first. */
const compactingAgent: Agent = {
  name: "main",
  description: "compacts",
  async *run({ messages }: Turn) {
    const given = messages.map((message) => (message.role === "tool" ? "" : message.text)).join("|");
    if (given.endsWith("compact")) {
      yield { type: "compaction", phase: "start", reason: "threshold" };
      yield { type: "compaction", phase: "end", message: summary };
    }
    const message: AssistantMessage = {
      role: "assistant",
      text: `[${given}]`,
      toolCalls: [],
      model: "t/m",
      stop: "stop",
    };
    yield { type: "step", message };
    yield { type: "turn-end", reason: "done" };
  },
};

test("a summary stands for what it replaced, also after a restart, and the history stays readable", async () => {
  await using started = await startGateway({ agents: [compactingAgent] });
  const client = await connectClient(started.gateway);
  await client.request("sessions.subscribe");
  await converse(client, "one", "run-1");
  await converse(client, "compact", "run-2");
  const streams = client.frames
    .filter(({ event }) => event === "agent")
    .map(({ payload }) => payload as unknown as { stream: string; data: object })
    .filter(({ stream }) => stream === "compaction")
    .map(({ data }) => data);
  expect(streams).toEqual([
    { phase: "start", reason: "threshold" },
    { phase: "end", completed: true, tokensBefore: 900, tokensAfter: 90 },
  ]);
  await client.frame(({ event, payload }) => {
    return event === "sessions.changed" && (payload as unknown as { reason: string }).reason === "compact";
  });
  await converse(client, "two", "run-3");
  const again = await connectClient(await started.restart());
  await converse(again, "three", "run-4");
  const { payload } = await again.request("chat.history", { sessionKey: "main" });
  const { messages } = payload as unknown as {
    messages: { role: string; content: { text: string }[]; __openclaw: { kind: string } }[];
  };
  const texts = messages.map(({ content }) => content[0]?.text);
  expect(texts).toEqual([
    "one",
    "[one]",
    "compact",
    "NOTES",
    "[one|[one]|compact]",
    "two",
    "[NOTES|compact|[one|[one]|compact]|two]",
    "three",
    `[NOTES|compact|[one|[one]|compact]|two|${"[NOTES|compact|[one|[one]|compact]|two]"}|three]`,
  ]);
  expect(messages[3]).toMatchObject({ role: "system", __openclaw: { kind: "compaction" } });
  const row = (await again.request("sessions.describe", { key: "main" })).payload;
  expect(row).toMatchObject({ session: { inputTokens: 800, outputTokens: 40, totalTokens: 90 } });
});
