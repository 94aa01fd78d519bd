import { expect, test } from "vitest";
import { connectClient } from "./connect.fixture.ts";
import { allowAll, echoAgent, startGateway, testTool } from "./gateway.fixture.ts";
import { scriptedAgent } from "./script.fixture.ts";

const send = (message: string, sessionKey = "main") => ({ message, idempotencyKey: message, sessionKey });

test("of two accepts that race on one id, one starts a run and both name it", async () => {
  let turns = 0;
  const agent = scriptedAgent(async function* () {
    turns += 1;
    yield "once";
  });
  await using started = await startGateway({ agents: [agent] });
  const clients = await Promise.all([1, 2].map(() => connectClient(started.gateway)));
  const answers = await Promise.all(clients.map((client) => client.request("chat.send", send("same"))));
  expect(answers.map(({ payload }) => payload)).toEqual([
    expect.objectContaining({ runId: "same", status: "started" }),
    expect.objectContaining({ runId: "same", status: "in_flight" }),
  ]);
  await clients[0]?.request("agent.wait", { runId: "same" });
  expect(turns).toBe(1);
});

test("a run whose agent is gone ends as an error for good, and holds nobody up", async () => {
  const hangs = scriptedAgent(async function* ({ signal }) {
    yield "begun";
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }, "old");
  await using started = await startGateway({ agents: [echoAgent, hangs] });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", send("to the old one", "agent:old:main"));
  await client.frame((frame) => JSON.stringify(frame).includes("begun"));

  const again = await connectClient(await started.restart({ agents: [echoAgent] }));
  expect((await again.request("agent.wait", { runId: "to the old one" })).payload).toMatchObject({
    status: "error",
    error: expect.stringContaining('no agent "old"'),
  });
  await again.request("chat.send", send("hello"));
  expect((await again.request("agent.wait", { runId: "hello" })).payload).toMatchObject({ status: "ok" });

  const begun: string[] = [];
  const third = await started.restart({ agents: [echoAgent] });
  third.subscribe((event) => void (event.type === "run-started" && begun.push(event.run)));
  await (await connectClient(third)).request("health");
  expect(begun).toEqual([]);
});

test("an agent that breaks its promise and throws is an error that the journal knows as well", async () => {
  const agent = scriptedAgent(async function* () {
    yield "half";
    throw new Error("a bug in the agent");
  });
  await using started = await startGateway({ agents: [agent] });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", send("go"));
  await client.request("agent.wait", { runId: "go" });
  expect((await client.request("runs.get", { runId: "go" })).payload).toMatchObject({
    run: { state: "error", error: { message: "a bug in the agent" } },
  });
});

test("a tool's result stays what it is when its audit record can't be completed", async () => {
  const outputs: string[] = [];
  const agent = scriptedAgent(async function* ({ call }) {
    outputs.push((await call({ id: "c1", tool: "shout", input: { text: "hi" } })).output);
    yield "done";
  });
  const tool = testTool("shout", async ({ text }) => ({ output: text.toUpperCase(), failed: false }));
  const audit = {
    intent: async () => ({
      outcome: async () => {
        throw new Error("no space left");
      },
    }),
  };
  await using started = await startGateway({ agents: [agent], tools: [tool], policy: allowAll, audit });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", send("go"));
  await client.request("agent.wait", { runId: "go" });
  expect(outputs).toEqual(["HI"]);
});
