import type { Policy } from "@claw/core";
import { expect, test } from "vitest";
import { connectClient } from "../connect.fixture.ts";
import { startGateway, testTool } from "../gateway.fixture.ts";
import { scriptedAgent } from "../script.fixture.ts";

let runs = 0;
const shout = testTool("shout", async ({ text }) => {
  runs++;
  return { output: text.toUpperCase(), failed: text === "" };
});
const whisper = testTool("whisper", async ({ text }) => ({ output: text, failed: false }));
const toolsOverHttp = (tool: string) =>
  tool === "whisper"
    ? ({ effect: "deny", rule: "gateway.tools.deny", reason: "too quiet" } as const)
    : ({ effect: "allow", rule: "test" } as const);
const toolSets = {
  groups: [
    { id: "loud", label: "Loud", tools: ["shout"] },
    { id: "none", label: "None", tools: ["gone"] },
  ],
  profiles: ["full"],
  inProfile: () => true,
};
const policy: Policy = ({ type, input }) =>
  type === "tool.call" && input["tool"] === "whisper"
    ? { effect: "deny", rule: "tools.deny[0]", reason: "too quiet" }
    : { effect: "allow", rule: "test.allow" };
const options = { tools: [shout, whisper], toolsOverHttp, toolSets, policy };

test("the catalogue has every tool in its group, and those of no group at the end", async () => {
  await using started = await startGateway(options);
  const client = await connectClient(started.gateway);
  const row = (id: string) => ({ id, label: id, description: id, source: "core", defaultProfiles: ["full"] });
  expect(await client.request("tools.catalog", {})).toMatchObject({
    payload: {
      agentId: "main",
      profiles: [{ id: "full", label: "full" }],
      groups: [
        { id: "loud", label: "Loud", source: "core", tools: [row("shout")] },
        { id: "other", label: "Other", source: "core", tools: [row("whisper")] },
      ],
    },
  });
  expect(await client.request("tools.catalog", { agentId: "nobody" })).toMatchObject({
    error: { code: "INVALID_REQUEST", details: { code: "UNKNOWN_AGENT_ID" } },
  });
});

test("what an agent may use names the rule for each tool, and why the others are denied", async () => {
  const agents = [{ ...scriptedAgent(async function* () {}), tools: ["whisper"] }] as const;
  await using started = await startGateway(options);
  await using narrow = await startGateway({ ...options, agents });
  const [wide, one] = await Promise.all([connectClient(started.gateway), connectClient(narrow.gateway)]);
  const denied = { id: "whisper", rule: "tools.deny[0]", reason: "too quiet" };
  expect(await wide.request("tools.effective", { sessionKey: "work" })).toMatchObject({
    payload: {
      agentId: "main",
      groups: [{ id: "loud", tools: [{ id: "shout", effect: "allow", rule: "test.allow" }] }],
      denied: [denied],
    },
  });
  expect(await one.request("tools.effective", {})).toMatchObject({
    payload: { groups: [], denied: [{ id: "shout", rule: "agent main", reason: "main is not offered shout" }, denied] },
  });
});

test("one call runs once for its key, and the result is the same over and over", async () => {
  await using started = await startGateway(options);
  const client = await connectClient(started.gateway);
  runs = 0;
  const call = { name: "shout", args: { text: "hey" }, idempotencyKey: "once" };
  const first = await client.request("tools.invoke", call);
  expect(first).toMatchObject({ payload: { ok: true, toolName: "shout", output: { text: "HEY" }, source: "core" } });
  const again = await (async () => {
    const gateway = await started.restart();
    return (await connectClient(gateway)).request("tools.invoke", call);
  })();
  expect(again.payload).toEqual(first.payload);
  expect(runs).toBe(1);
});

test("a refusal and a failure are answers, a mistake is an error", async () => {
  await using started = await startGateway(options);
  const client = await connectClient(started.gateway);
  expect(await client.request("tools.invoke", { name: "whisper", args: { text: "hey" } })).toMatchObject({
    payload: { ok: false, error: { code: "tool_refused", message: expect.stringContaining("gateway.tools.deny") } },
  });
  expect(await client.request("tools.invoke", { name: "shout", args: { text: "" } })).toMatchObject({
    payload: { ok: false, output: { text: "" } },
  });
  for (const wrong of [{ name: "gone" }, { name: "shout", args: { text: 1 } }]) {
    expect(await client.request("tools.invoke", wrong)).toMatchObject({ error: { code: "INVALID_REQUEST" } });
  }
});
