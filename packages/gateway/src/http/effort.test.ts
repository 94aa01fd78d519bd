import { expect, test } from "vitest";
import { startGateway } from "../gateway.fixture.ts";
import { scriptedAgent } from "../script.fixture.ts";

const thinker = scriptedAgent(async function* ({ thinking = "as ever" }) {
  yield `thought ${thinking}`;
});
const messages = [{ role: "user", content: "hi" }];

test.each([
  ["chat/completions", { messages, reasoning_effort: "high" }, "thought high"],
  ["chat/completions", { messages, reasoning_effort: "none" }, "thought off"],
  ["chat/completions", { messages, reasoning_effort: null }, "thought as ever"],
  ["chat/completions", { messages, reasoning_effort: "hard" }, "reasoning_effort: expected one of none, off, "],
  ["responses", { input: "hi", reasoning: { effort: "low" } }, "thought low"],
  ["responses", { input: "hi", reasoning: {} }, "thought as ever"],
  ["responses", { input: "hi", reasoning: { effort: "x".repeat(30) } }, "reasoning.effort: "],
])("%s with %j", async (route, body, said) => {
  await using started = await startGateway({ agents: [thinker] });
  const request = new Request(`http://127.0.0.1:18789/v1/${route}`, {
    method: "POST",
    headers: { authorization: "Bearer secret" },
    body: JSON.stringify({ model: "openclaw", ...body }),
  });
  expect(await (await started.gateway.fetch(request)).text()).toContain(said);
});
