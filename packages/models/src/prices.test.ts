import { readFileSync } from "node:fs";
import type { UsageRow } from "@claw/core";
import { expect, test } from "vitest";
import { loadPrices, PRICES } from "./prices.ts";

const row = (model: string, tokens: Partial<UsageRow> = {}): UsageRow => ({
  session: "agent:main:main",
  day: "2026-10-01",
  model,
  steps: 1,
  inputTokens: 100_000,
  outputTokens: 10_000,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  ...tokens,
});

test("the date of the prices is that of the package they come from", () => {
  const manifest = new URL("../package.json", import.meta.resolve("@pydantic/genai-prices"));
  expect(JSON.parse(readFileSync(manifest, "utf8")).version).toBe(PRICES.version);
});

test("a hosted model costs what its provider asks", async () => {
  const { costOf } = await loadPrices();
  expect(costOf(row("anthropic/claude-sonnet-4-5"))?.total).toBeCloseTo(0.3 + 0.15);
  expect(costOf(row("openai/gpt-5"))?.output).toBeCloseTo(0.1);
});

test("what came from a cache costs less", async () => {
  const { costOf } = await loadPrices();
  const cached = costOf(row("anthropic/claude-sonnet-4-5", { cacheReadTokens: 90_000 }));
  expect(cached?.input).toBeCloseTo((10_000 * 3 + 90_000 * 0.3) / 1e6);
});

test("many short steps are not priced as one long one", async () => {
  const { costOf } = await loadPrices();
  const many = costOf(row("anthropic/claude-sonnet-4-5", { steps: 10, inputTokens: 1_000_000, outputTokens: 0 }));
  expect(many?.input).toBeCloseTo(3);
});

test("a configuration's own price comes first, and an address of one's own has no other", async () => {
  const { costOf } = await loadPrices({
    anthropic: { models: [{ id: "claude-sonnet-4-5", cost: { input: 1, output: 2, cacheRead: 0.5 } }] },
    office: { baseUrl: "http://127.0.0.1:1/v1" },
  });
  expect(costOf(row("anthropic/claude-sonnet-4-5", { cacheReadTokens: 100_000 }))).toEqual({
    input: 0.05,
    output: 0.02,
    total: 0.07,
  });
  expect(costOf(row("office/gpt-5"))).toBeUndefined();
});

test("a model that nobody knows has no price, and the demo costs nothing", async () => {
  const { costOf } = await loadPrices();
  expect(costOf(row("openai/never-heard-of-it"))).toBeUndefined();
  expect(costOf(row("demo/offline"))?.total).toBe(0);
});
