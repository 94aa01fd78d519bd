import type { ModelEvent, ThinkingLevel } from "@claw/core";
import { expect, test } from "vitest";
import { createModels } from "./create-models.ts";
import { delta, end, events, fakeServer } from "./fixtures/fake-server.ts";
import type { ModelApi } from "./options.ts";

async function think(api: ModelApi, model: string, thinking: ThinkingLevel | undefined) {
  await using server = await fakeServer(events(delta({ content: "Hi" }), end("stop")));
  const { baseUrl } = server;
  const source = createModels({ providers: { mine: { baseUrl, apiKey: "key", api } }, default: `mine/${model}` });
  const warnings: ModelEvent[] = [];
  const request = { system: "", messages: [{ role: "user", text: "Hi" } as const], tools: [] };
  const { signal } = new AbortController();
  const asked = thinking === undefined ? {} : { thinking };
  for await (const event of (await source.resolve("default")).stream({ ...request, ...asked, signal })) {
    if (event.type === "warning") warnings.push(event);
  }
  return { body: server.received[0]?.body, warnings };
}

test("a thinking level reaches each API under the name it has there, and none is sent unasked", async () => {
  expect((await think("openai-completions", "m", "high")).body).toMatchObject({ reasoning_effort: "high" });
  expect((await think("openai-responses", "gpt-6.1-sol", "low")).body).toMatchObject({ reasoning: { effort: "low" } });
  expect((await think("anthropic-messages", "claude-sonnet-5-5", "high")).body).toMatchObject({
    thinking: expect.anything(),
  });
  expect(await think("openai-completions", "m", undefined)).toMatchObject({ warnings: [] });
  expect((await think("openai-completions", "m", "adaptive")).body).not.toHaveProperty("reasoning_effort");
});

test("a model that can't think as asked says so and answers anyway", async () => {
  const { warnings } = await think("openai-responses", "gpt-4o", "high");
  expect(warnings).toEqual([{ type: "warning", text: expect.stringContaining('at the level "high"') }]);
});
