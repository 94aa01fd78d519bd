import { ClawError } from "@claw/core";
import { expect, test } from "vitest";
import { connectClient } from "./connect.fixture.ts";
import { startGateway, testTool } from "./gateway.fixture.ts";
import { lastText, scriptedAgent } from "./script.fixture.ts";

const send = (message: string, idempotencyKey: string, sessionKey = "main") => ({
  message,
  idempotencyKey,
  sessionKey,
});
const isFinal = (run: string) => (frame: { event?: string; payload?: { runId: string; state: string } }) =>
  frame.event === "chat" && frame.payload?.runId === run && ["final", "error", "aborted"].includes(frame.payload.state);

test("a message is acknowledged, answered in deltas and final, and stands in the history", async () => {
  await using started = await startGateway();
  const client = await connectClient(started.gateway);
  const ack = await client.request("chat.send", send("hello", "run-1"));
  expect(ack.payload).toMatchObject({ runId: "run-1", status: "started" });
  const final = await client.frame(isFinal("run-1"));
  expect(final.payload).toMatchObject({
    state: "final",
    sessionKey: "agent:main:main",
    message: { content: [{ type: "text", text: "you said: hello" }] },
  });
  const deltas = client.frames.flatMap((frame) => {
    const payload = frame.payload as { state?: string; deltaText?: string } | undefined;
    return frame.event === "chat" && payload?.state === "delta" ? [payload.deltaText] : [];
  });
  expect(deltas.join("")).toBe("you said: hello");
  const history = await client.request("chat.history", { sessionKey: "main" });
  expect(history.payload).toMatchObject({
    messages: [
      { role: "user", content: [{ text: "hello" }] },
      { role: "assistant", content: [{ text: "you said: hello" }] },
    ],
    sessionInfo: { hasActiveRun: false },
  });
});

test("a repeated idempotency key starts nothing and says what became of the first", async () => {
  let turns = 0;
  const agent = scriptedAgent(async function* () {
    turns += 1;
    yield "once";
  });
  await using started = await startGateway({ agents: [agent] });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", send("a", "same"));
  await client.frame(isFinal("same"));
  expect((await client.request("chat.send", send("a", "same"))).payload).toMatchObject({ runId: "same", status: "ok" });
  const other = await started.restart();
  const again = await connectClient(other);
  expect((await again.request("chat.send", send("a", "same"))).payload).toMatchObject({ status: "ok" });
  expect(turns).toBe(1);
});

test("a turn that ended by itself is not stopped afterwards", async () => {
  const signals: AbortSignal[] = [];
  const agent = scriptedAgent(async function* ({ signal }) {
    signals.push(signal);
    yield "done";
  });
  await using started = await startGateway({ agents: [agent] });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", send("a", "one"));
  await client.frame(isFinal("one"));
  expect(signals.map(({ aborted }) => aborted)).toEqual([false]);
});

test("the events of a connection are numbered without a gap", async () => {
  await using started = await startGateway();
  const client = await connectClient(started.gateway);
  await client.request("chat.send", send("hello", "run-1"));
  await client.frame((frame) => frame.event === "agent" && JSON.stringify(frame).includes('"phase":"end"'));
  const numbers = client.frames.filter((frame) => frame["seq"] !== undefined).map((frame) => frame["seq"]);
  expect(numbers).toEqual(numbers.map((_, index) => index + 1));
});

test("a tool call passes the gate, streams its output and goes back to the agent", async () => {
  const agent = scriptedAgent(async function* ({ messages }) {
    yield "looking";
    yield [{ id: "c1", tool: "shout", input: { text: "hi" } }];
    yield `it said ${messages.length > 0 ? "HI" : ""}`;
  });
  const tool = testTool("shout", async ({ text }, { progress }) => {
    progress({ stream: "stdout", text: "HI" });
    return { output: text.toUpperCase(), failed: false, details: { exitCode: 0 } };
  });
  await using started = await startGateway({ agents: [agent], tools: [tool] });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", send("go", "run-1"));
  await client.frame(isFinal("run-1"));
  const phases = client.frames.flatMap((frame) => {
    const payload = frame.payload as { stream?: string; data?: { phase: string } } | undefined;
    return payload?.stream === "tool" ? [payload.data?.phase] : [];
  });
  expect(phases).toEqual(["start", "update", "result"]);
  const history = await client.request("chat.history", { sessionKey: "main" });
  expect(history.payload).toMatchObject({
    messages: [
      { role: "user" },
      { role: "assistant", stopReason: "toolUse" },
      { role: "toolResult", toolCallId: "c1", content: [{ text: "HI" }], isError: false },
      { role: "assistant", content: [{ text: "it said HI" }] },
    ],
  });
  const run = await client.request("runs.get", { runId: "run-1" });
  const stages = (run.payload as unknown as { run: { timeline: { stage: string }[] } }).run.timeline.map(
    ({ stage }) => stage,
  );
  expect(new Set(stages)).toEqual(
    new Set(["accept", "journal", "lane", "prompt", "model", "decide", "tool", "record"]),
  );
});

test("a refused tool call reaches the agent as text that names the rule, and nothing runs", async () => {
  let ran = false;
  const outputs: string[] = [];
  const agent = scriptedAgent(async function* ({ call }) {
    outputs.push((await call({ id: "c1", tool: "rm", input: { text: "x" } })).output);
    yield "ok";
  });
  const tool = testTool("rm", async () => {
    ran = true;
    return { output: "", failed: false };
  });
  await using started = await startGateway({
    agents: [agent],
    tools: [tool],
    policy: ({ type }) =>
      type === "tool.call"
        ? { effect: "deny", rule: "tools.deny[0]", reason: "remove it there" }
        : { effect: "allow", rule: "test" },
  });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", send("go", "run-1"));
  await client.frame(isFinal("run-1"));
  expect(outputs[0]).toContain("tools.deny[0]");
  expect(ran).toBe(false);
});

test("a policy that throws, or says nothing, refuses", async () => {
  for (const policy of [
    () => undefined,
    () => {
      throw new Error("broken");
    },
  ]) {
    await using started = await startGateway({ policy });
    const client = await connectClient(started.gateway);
    const answer = await client.request("chat.send", send("go", "run-1"));
    expect(answer).toMatchObject({ ok: false, error: { code: "FORBIDDEN" } });
  }
});

test("a tool that throws, an unknown tool and a wrong input are results for the agent", async () => {
  const outputs: string[] = [];
  const agent = scriptedAgent(async function* ({ call }) {
    outputs.push((await call({ id: "1", tool: "boom", input: { text: "x" } })).output);
    outputs.push((await call({ id: "2", tool: "nothing", input: {} })).output);
    outputs.push((await call({ id: "3", tool: "boom", input: { text: 5 } })).output);
    yield "survived";
  });
  const tool = testTool("boom", async () => {
    throw new ClawError("SANDBOX_LOST", "the sandbox died under the command");
  });
  await using started = await startGateway({ agents: [agent], tools: [tool] });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", send("go", "run-1"));
  expect((await client.frame(isFinal("run-1"))).payload).toMatchObject({ state: "final" });
  expect(outputs).toEqual([
    "the sandbox died under the command",
    'There is no tool "nothing". There are: boom.',
    expect.stringContaining("text: "),
  ]);
});

test("one session takes one turn at a time, in order, while another goes its own way", async () => {
  const gate = Promise.withResolvers<void>();
  const order: string[] = [];
  const agent = scriptedAgent(async function* ({ session, messages }) {
    const text = lastText(messages);
    order.push(`start ${text}`);
    if (session.endsWith(":slow")) await gate.promise;
    order.push(`end ${text}`);
    yield text;
  });
  await using started = await startGateway({ agents: [agent] });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", send("1", "r1", "agent:main:slow"));
  await client.request("chat.send", send("2", "r2", "agent:main:slow"));
  await client.request("chat.send", send("3", "r3", "agent:main:other"));
  await client.frame(isFinal("r3"));
  expect(order).toEqual(["start 1", "start 3", "end 3"]);
  gate.resolve();
  await client.frame(isFinal("r2"));
  expect(order).toEqual(["start 1", "start 3", "end 3", "end 1", "start 2", "end 2"]);
});

test("an abort ends the run as aborted, also while it waits for its lane", async () => {
  const agent = scriptedAgent(async function* ({ signal }) {
    yield "working";
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  });
  await using started = await startGateway({ agents: [agent] });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", send("1", "r1"));
  await client.request("chat.send", send("2", "r2"));
  const answer = await client.request("chat.abort", { sessionKey: "main" });
  expect(answer.payload).toEqual({ ok: true, aborted: true, runIds: ["r1", "r2"] });
  expect((await client.frame(isFinal("r1"))).payload).toMatchObject({ state: "aborted" });
});

test("agent answers twice on one id, and agent.wait waits", async () => {
  const gate = Promise.withResolvers<void>();
  const agent = scriptedAgent(async function* () {
    await gate.promise;
    yield "done";
  });
  await using started = await startGateway({ agents: [agent] });
  const client = await connectClient(started.gateway);
  const first = await client.request("agent", { message: "go", idempotencyKey: "r1" });
  expect(first.payload).toMatchObject({ status: "accepted", runId: "r1", agentId: "main" });
  expect((await client.request("agent.wait", { runId: "r1", timeoutMs: 1 })).payload).toMatchObject({
    status: "timeout",
  });
  gate.resolve();
  expect((await client.request("agent.wait", { runId: "r1" })).payload).toMatchObject({ status: "ok" });
  const last = await client.frame((frame) => frame.id === first.id && JSON.stringify(frame).includes("payloads"));
  expect(last.payload).toMatchObject({ status: "ok", result: { payloads: [{ text: "done" }] } });
});

test("a turn that takes too long ends with an error that names the setting", async () => {
  const agent = scriptedAgent(async function* ({ signal }) {
    yield "still";
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    throw signal.reason;
  });
  await using started = await startGateway({ agents: [agent], limits: { turnTimeoutMs: 20 } });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", send("1", "r1"));
  expect((await client.frame(isFinal("r1"))).payload).toMatchObject({ state: "error" });
});

test("what a stop cuts off goes on at the next start, and is answered once", async () => {
  let turns = 0;
  const agent = scriptedAgent(async function* ({ signal }) {
    turns += 1;
    if (turns > 1) {
      yield "second try";
      return;
    }
    yield "first";
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    throw signal.reason;
  });
  await using started = await startGateway({ agents: [agent] });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", send("1", "r1"));
  await client.frame((frame) => frame.event === "chat" && JSON.stringify(frame).includes("first"));
  const ended = Promise.withResolvers<void>();
  const next = await started.restart();
  next.subscribe((event) => event.type === "run-ended" && ended.resolve());
  const again = await connectClient(next);
  await again.request("agent.wait", { runId: "r1" });
  const history = await again.request("chat.history", { sessionKey: "main" });
  expect(history.payload).toMatchObject({
    messages: [{ role: "user" }, { role: "assistant", content: [{ text: "second try" }] }],
  });
});

test("a client that disconnects does not stop the command it asked for", async () => {
  const begun = Promise.withResolvers<void>();
  const finish = Promise.withResolvers<void>();
  const tool = testTool("slow", async (_input, { signal }) => {
    begun.resolve();
    await finish.promise;
    return { output: signal.aborted ? "aborted" : "finished", failed: false };
  });
  const agent = scriptedAgent(async function* () {
    yield [{ id: "c1", tool: "slow", input: { text: "x" } }];
    yield "done";
  });
  await using started = await startGateway({ agents: [agent], tools: [tool] });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", send("go", "r1"));
  await begun.promise;
  client.hangUp();
  const other = await connectClient(started.gateway);
  const ended = other.frame(isFinal("r1"));
  finish.resolve();
  await ended;
  const history = await other.request("chat.history", { sessionKey: "main" });
  expect(history.payload).toMatchObject({
    messages: [{}, {}, { role: "toolResult", content: [{ text: "finished" }] }, { content: [{ text: "done" }] }],
  });
});

test("a client that comes while a turn runs learns what has been said so far", async () => {
  const gate = Promise.withResolvers<void>();
  const agent = scriptedAgent(async function* () {
    yield "the first half";
    await gate.promise;
    yield ", the second";
  });
  await using started = await startGateway({ agents: [agent] });
  const early = await connectClient(started.gateway);
  await early.request("chat.send", send("go", "r1"));
  await early.frame((frame) => JSON.stringify(frame).includes("the first half"));
  const late = await connectClient(started.gateway);
  const history = await late.request("chat.history", { sessionKey: "main" });
  expect(history.payload).toMatchObject({
    messages: [{ role: "user" }],
    sessionInfo: { hasActiveRun: true, activeRunIds: ["r1"] },
    inFlightRun: { runId: "r1", text: "the first half" },
  });
  gate.resolve();
  expect((await late.frame(isFinal("r1"))).payload).toMatchObject({
    message: { content: [{ text: "the first half, the second" }] },
  });
});

test("an empty message is refused with what was expected", async () => {
  await using started = await startGateway();
  const client = await connectClient(started.gateway);
  const answer = await client.request("chat.send", send("  ", "r1"));
  expect(answer).toMatchObject({
    ok: false,
    error: { code: "INVALID_REQUEST", message: expect.stringContaining("text") },
  });
});

test("a tool that the agent is not offered does not run, even when its model names it", async () => {
  let ran = false;
  const outputs: string[] = [];
  const play = scriptedAgent(async function* ({ call }) {
    outputs.push((await call({ id: "c1", tool: "write", input: { text: "x" } })).output);
    yield "ok";
  });
  const write = testTool("write", async () => {
    ran = true;
    return { output: "", failed: false };
  });
  const read = testTool("read", async () => ({ output: "", failed: false }));
  await using started = await startGateway({ agents: [{ ...play, tools: ["read"] }], tools: [read, write] });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", send("go", "r1"));
  await client.frame(isFinal("r1"));
  expect(outputs).toEqual(['There is no tool "write". There are: read.']);
  expect(ran).toBe(false);
});
