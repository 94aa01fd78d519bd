import type { Agent, AssistantMessage } from "@claw/core";
import { expect, test } from "vitest";
import { connectClient } from "../connect.fixture.ts";
import { startGateway } from "../gateway.fixture.ts";
import { manualClock } from "../manual-clock.fixture.ts";
import { connectAs, converse, people } from "./people.fixture.ts";

/** Answers with a step that cost something. */
const dearAgent: Agent = {
  name: "main",
  description: "spends",
  async *run() {
    const usage = { inputTokens: 100, outputTokens: 10, cachedInputTokens: 60, cacheWriteTokens: 15 };
    const message: AssistantMessage = {
      role: "assistant",
      text: "done",
      toolCalls: [],
      model: "test/large/x",
      stop: "stop",
      usage,
    };
    yield { type: "step", message };
    yield { type: "turn-end", reason: "done" };
  },
};

const totals = (turns: number) => ({
  input: 25 * turns,
  output: 10 * turns,
  cacheRead: 60 * turns,
  cacheWrite: 15 * turns,
  totalTokens: 110 * turns,
});

test("tokens are added up by session, day and model for those who may see them, and stand in the rows", async () => {
  const clock = manualClock();
  await using started = await startGateway({ agents: [dearAgent], authenticate: people, clock });
  const ada = await connectAs(started.gateway, "ada");
  await converse(ada, "hello", "one");
  await converse(ada, "hello", "two");
  await converse(ada, "hello", "three", "agent:main:other");
  const { payload } = await ada.request("sessions.usage", { range: "7d" });
  expect(payload).toMatchObject({
    startDate: "2025-12-26",
    endDate: "2026-01-01",
    sessions: [
      { key: "agent:main:main", agentId: "main", usage: totals(2) },
      { key: "agent:main:other", usage: totals(1) },
    ],
    totals: totals(3),
    aggregates: {
      daily: [{ date: "2026-01-01", ...totals(3) }],
      byModel: [{ provider: "test", model: "large/x", ...totals(3) }],
    },
  });
  expect((await ada.request("sessions.usage", { key: "main", limit: 1 })).payload).toMatchObject({ totals: totals(2) });
  expect((await ada.request("sessions.usage", { endDate: "2025-12-31" })).payload).toMatchObject({ sessions: [] });
  expect((await ada.request("sessions.describe", { key: "main" })).payload).toMatchObject({
    session: { inputTokens: 200, outputTokens: 20, totalTokens: 110, totalTokensFresh: true },
  });
  const eve = await connectAs(started.gateway, "eve");
  expect((await eve.request("sessions.usage", { range: "all" })).payload).toMatchObject({ totals: totals(0) });
});

test("days that can't be are refused", async () => {
  await using started = await startGateway();
  const client = await connectClient(started.gateway);
  for (const params of [
    { startDate: "2026-02-02", endDate: "2026-02-01" },
    { startDate: "yesterday" },
    { utcOffset: "UTC+1" },
  ]) {
    expect((await client.request("sessions.usage", params)).error).toMatchObject({ code: "INVALID_REQUEST" });
  }
});
