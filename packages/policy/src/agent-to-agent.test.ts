import type { Action } from "@claw/core";
import { expect, test } from "vitest";
import { action } from "./action.fixture.ts";
import { agentToAgent } from "./agent-to-agent.ts";

const from = (id: string, kind: Action["principal"]["kind"] = "agent"): Action => {
  const accept = action("message.accept");
  return { ...accept, agent: "main", principal: { ...accept.principal, id, kind } };
};
const ruleOf = async (options: Parameters<typeof agentToAgent>[0], one: Action) =>
  (await agentToAgent(options)(one))?.rule;

test("an agent writes to its own sessions, and by default to no other's", async () => {
  expect(await ruleOf({}, from("agent:main"))).toBeUndefined();
  expect(await ruleOf({}, from("agent:main:subagent:1"))).toBeUndefined();
  expect(await ruleOf({}, from("agent:coder"))).toBe("tools.agentToAgent.enabled");
  expect(await ruleOf({ allow: ["*"] }, from("agent:coder"))).toBe("tools.agentToAgent.enabled");
});

test("both have to take part", async () => {
  const options = { enabled: true, allow: ["main", "coder"] };
  expect(await ruleOf(options, from("agent:coder"))).toBeUndefined();
  expect(await ruleOf(options, from("agent:writer"))).toBe("tools.agentToAgent.allow");
  expect(await ruleOf({ enabled: true, allow: ["coder"] }, from("agent:coder"))).toBe("tools.agentToAgent.allow");
  expect(await ruleOf({ enabled: true, allow: ["*"] }, from("agent:writer"))).toBeUndefined();
});

test("it has no opinion about people, nor about anything but messages", async () => {
  expect(await ruleOf({}, from("agent:coder", "user"))).toBeUndefined();
  expect(await ruleOf({}, { ...from("agent:coder"), type: "tool.call" })).toBeUndefined();
});
