import type { Policy } from "@claw/core";
import type { ApprovalRow, RunsGet } from "@claw/protocol";
import { expect, test } from "vitest";
import { connectClient, type TestClient } from "./connect.fixture.ts";
import type { GatewayEvent } from "./events.ts";
import { startGateway, testTool } from "./gateway.fixture.ts";
import { manualClock } from "./manual-clock.fixture.ts";
import type { Gateway } from "./options.ts";
import { lastText, scriptedAgent } from "./script.fixture.ts";

const MINUTE_MS = 60_000;
const askFirst: Policy = ({ type }) =>
  type === "tool.call"
    ? { effect: "ask", rule: "tools.ask[0]", reason: "shout needs an approval" }
    : { effect: "allow", rule: "test" };

/** Shouts what it is told to, and answers with what came of it; a restart finds its call still to be made. */
function shouting() {
  const shouted: string[] = [];
  const tool = testTool("shout", async ({ text }) => {
    shouted.push(text);
    return { output: text.toUpperCase(), failed: false };
  });
  const agent = scriptedAgent(async function* ({ messages, call }) {
    const last = messages.at(-1);
    if (last?.role === "assistant") for (const waiting of last.toolCalls) await call(waiting);
    else yield [{ id: `call-${messages.length}`, tool: "shout", input: { text: lastText(messages) } }];
    const result = messages.at(-1);
    yield result?.role === "tool" ? result.output : "no result";
  });
  return { shouted, options: { agents: [agent] as const, tools: [tool], policy: askFirst } };
}

function endOf(gateway: Gateway, run: string): Promise<GatewayEvent> {
  const { promise, resolve } = Promise.withResolvers<GatewayEvent>();
  gateway.subscribe((event) => event.type === "run-ended" && event.run === run && resolve(event));
  return promise;
}

const say = (client: TestClient, message: string, run = message) =>
  client.request("chat.send", { sessionKey: "main", message, idempotencyKey: run });

async function asked(client: TestClient, run: string): Promise<ApprovalRow> {
  const { payload } = await client.frame(
    (frame) => frame.event === "exec.approval.requested" && JSON.stringify(frame).includes(`"runId":"${run}"`),
  );
  return payload as unknown as ApprovalRow;
}

const answer = (client: TestClient, id: string, decision: string) =>
  client.request("exec.approval.resolve", { id, decision });

test("a call waits for a person, who sees exactly what would run, and the turn goes on where it stood", async () => {
  const { shouted, options } = shouting();
  await using started = await startGateway(options);
  const client = await connectClient(started.gateway);
  const ended = endOf(started.gateway, "hey");
  await say(client, "hey");
  const row = await asked(client, "hey");
  expect(row).toMatchObject({
    status: "pending",
    decision: null,
    request: {
      command: 'shout {"text":"hey"}',
      agentId: "main",
      sessionKey: "agent:main:main",
      action: "tool.call",
      input: { tool: "shout", input: { text: "hey" } },
      requestedBy: "owner",
      rule: "tools.ask[0]",
      reason: "shout needs an approval",
    },
  });
  expect(shouted).toEqual([]);
  expect((await client.request("exec.approval.list")).payload).toEqual([row]);
  expect(await answer(client, row.id, "allow-once")).toMatchObject({ payload: { ok: true, resolvedBy: "owner" } });
  expect(await ended).toMatchObject({ outcome: { state: "done", text: "HEY" } });
  expect(shouted).toEqual(["hey"]);
  const { payload } = await client.frame(({ event }) => event === "exec.approval.resolved");
  expect(payload).toMatchObject({ id: row.id, decision: "allow-once", resolvedBy: "owner" });
  expect((await client.request("exec.approval.list")).payload).toEqual([]);
  expect(await client.request("approval.history", { limit: 5 })).toMatchObject({
    payload: { items: [{ id: row.id, status: "approved" }] },
  });
});

test("the time that a person takes is a stage of its own, and makes no run late", async () => {
  const { options } = shouting();
  const clock = manualClock();
  await using started = await startGateway({ ...options, clock });
  const client = await connectClient(started.gateway);
  const ended = endOf(started.gateway, "hey");
  await say(client, "hey");
  const { id } = await asked(client, "hey");
  clock.advance(10 * MINUTE_MS);
  expect(await client.request("status")).toMatchObject({ payload: { lateRuns: [] } });
  await answer(client, id, "allow-once");
  await ended;
  const { payload } = await client.request("runs.get", { runId: "hey" });
  const { timeline } = (payload as unknown as RunsGet).run;
  expect(timeline.filter(({ stage }) => stage === "approval")).toMatchObject([{ durationMs: 10 * MINUTE_MS }]);
  expect(timeline.filter(({ stage }) => stage === "decide")).toMatchObject([{ durationMs: 0 }]);
});

test("the first answer counts, the second is told whose it was, and a no reaches the model", async () => {
  const { shouted, options } = shouting();
  await using started = await startGateway(options);
  const client = await connectClient(started.gateway);
  const ended = endOf(started.gateway, "hey");
  await say(client, "hey");
  const { id } = await asked(client, "hey");
  const waiting = client.request("exec.approval.waitDecision", { id });
  await answer(client, id, "deny");
  expect(await waiting).toMatchObject({ payload: { id, decision: "deny" } });
  expect(await answer(client, id, "allow-once")).toMatchObject({
    error: {
      code: "INVALID_REQUEST",
      message: `approval ${id} has been answered before: deny by owner`,
      details: { code: "APPROVAL_ALREADY_RESOLVED", decision: "deny", resolvedBy: "owner" },
    },
  });
  expect(await answer(client, "nothing", "deny")).toMatchObject({ error: { code: "APPROVAL_NOT_FOUND" } });
  expect(await ended).toMatchObject({ outcome: { state: "done", text: expect.stringContaining("owner said no") } });
  expect(shouted).toEqual([]);
});

test("when nobody who may answer is connected the session is told at once, and how to answer", async () => {
  const { options } = shouting();
  await using started = await startGateway(options);
  const client = await connectClient(started.gateway, "secret", ["operator.write"]);
  await say(client, "hey");
  const told = await client.frame((frame) => JSON.stringify(frame).includes("Waiting for an approval"));
  expect(JSON.stringify(told.payload)).toContain("Nobody who may answer is connected.");
  expect(JSON.stringify(told.payload)).toMatch(/claw approvals approve [0-9a-f-]{36}/);
  expect(client.frames.some(({ event }) => event?.startsWith("exec.approval"))).toBe(false);
});

test("without an answer it is denied after half an hour, and the turn's own time stands still until then", async () => {
  const clock = manualClock();
  const { options } = shouting();
  await using started = await startGateway({ ...options, clock, limits: { turnTimeoutMs: MINUTE_MS } });
  const client = await connectClient(started.gateway);
  const ended = endOf(started.gateway, "hey");
  await say(client, "hey");
  const { id } = await asked(client, "hey");
  clock.advance(29 * MINUTE_MS);
  expect(await client.request("exec.approval.get", { id })).toMatchObject({ payload: { status: "pending" } });
  clock.advance(MINUTE_MS);
  expect(await ended).toMatchObject({
    outcome: { state: "done", text: expect.stringContaining("nobody answered in time") },
  });
  const { payload } = await client.request("exec.approval.get", { id });
  expect(payload).toMatchObject({ status: "denied", decision: "deny" });
  expect(payload).not.toHaveProperty("resolvedBy");
});

test("a restart finds the approval again, asks nobody twice, and the call runs once", async () => {
  const { shouted, options } = shouting();
  await using started = await startGateway(options);
  const before = await connectClient(started.gateway);
  await say(before, "hey");
  const { id } = await asked(before, "hey");

  const gateway = await started.restart();
  const client = await connectClient(gateway);
  expect(await client.request("exec.approval.list")).toMatchObject({ payload: [{ id, status: "pending" }] });
  const ended = endOf(gateway, "hey");
  await answer(client, id, "allow-once");
  expect(await ended).toMatchObject({ outcome: { state: "done", text: "HEY" } });
  expect(shouted).toEqual(["hey"]);
  expect(await client.request("approval.history")).toMatchObject({ payload: { items: [{ id }] } });
});

test("a turn that waits for a person takes no place, and goes on when there is one again", async () => {
  const { options } = shouting();
  const said = Promise.withResolvers<void>();
  const other = scriptedAgent(async function* () {
    await said.promise;
    yield "heard";
  }, "other");
  // The clock stands still: nothing is ever silent for long.
  const limits = { concurrentTurns: 1 };
  const agents = [...options.agents, other] as const;
  await using started = await startGateway({ ...options, agents, limits, clock: manualClock() });
  const client = await connectClient(started.gateway);
  const [waited, between] = [endOf(started.gateway, "hey"), endOf(started.gateway, "between")];
  await say(client, "hey");
  const { id } = await asked(client, "hey");
  await client.request("chat.send", { sessionKey: "agent:other:main", message: "hi", idempotencyKey: "between" });
  await client.frame((frame) => frame.event === "agent" && JSON.stringify(frame).includes("between"));
  await answer(client, id, "allow-once");
  expect((await client.request("runs.get", { runId: "hey" })).payload).toMatchObject({ run: { state: "running" } });
  said.resolve();
  expect(await between).toMatchObject({ outcome: { text: "heard" } });
  expect(await waited).toMatchObject({ outcome: { text: "HEY" } });
});

test("an approval whose time went by while the gateway was down is denied at its start", async () => {
  const clock = manualClock();
  const { options } = shouting();
  await using started = await startGateway({ ...options, clock });
  const before = await connectClient(started.gateway);
  await say(before, "hey");
  const { id } = await asked(before, "hey");
  clock.advance(10 * MINUTE_MS);
  const late = manualClock();
  late.advance(31 * MINUTE_MS);
  const gateway = await started.restart({ clock: late });
  const client = await connectClient(gateway);
  late.advance(0);
  await client.frame(({ event }) => event === "exec.approval.resolved");
  expect(await client.request("exec.approval.get", { id })).toMatchObject({ payload: { status: "denied" } });
});

test("allow-always covers the same input in the same session, and nothing else", async () => {
  const { shouted, options } = shouting();
  await using started = await startGateway(options);
  const client = await connectClient(started.gateway);
  const first = endOf(started.gateway, "one");
  await say(client, "hey", "one");
  await answer(client, (await asked(client, "one")).id, "allow-always");
  await first;
  const second = endOf(started.gateway, "two");
  await say(client, "hey", "two");
  expect(await second).toMatchObject({ outcome: { text: "HEY" } });
  await say(client, "ho", "three");
  expect((await asked(client, "three")).status).toBe("pending");
  expect(shouted).toEqual(["hey", "hey"]);
  expect(client.frames.filter(({ event }) => event === "exec.approval.requested")).toHaveLength(2);
});

test("a run that is stopped takes its question with it", async () => {
  const { shouted, options } = shouting();
  await using started = await startGateway(options);
  const client = await connectClient(started.gateway);
  const ended = endOf(started.gateway, "hey");
  await say(client, "hey");
  const { id } = await asked(client, "hey");
  await client.request("chat.abort", { sessionKey: "main" });
  expect(await ended).toMatchObject({ outcome: { state: "aborted" } });
  expect(await answer(client, id, "allow-once")).toMatchObject({ error: { code: "INVALID_REQUEST" } });
  expect(shouted).toEqual([]);
});

test("a person's yes does not overrule a deny that came meanwhile", async () => {
  const { shouted, options } = shouting();
  await using started = await startGateway(options);
  const client = await connectClient(started.gateway);
  const ended = endOf(started.gateway, "hey");
  await say(client, "hey");
  const { id } = await asked(client, "hey");
  started.gateway.reconfigure({ policy: () => ({ effect: "deny", rule: "later", reason: "no more shouting" }) });
  await answer(client, id, "allow-once");
  expect(await ended).toMatchObject({ outcome: { text: expect.stringContaining("no more shouting") } });
  expect(shouted).toEqual([]);
});

test("a client's own question is answered by people, or comes back at once when there is nobody", async () => {
  await using started = await startGateway();
  const asker = await connectClient(started.gateway, "secret", ["operator.approvals"]);
  expect(await asker.request("exec.approval.request", { id: "lonely", command: "make" })).toMatchObject({
    payload: { id: "lonely", decision: null },
  });
  const person = await connectClient(started.gateway);
  const waiting = asker.request("exec.approval.request", { id: "mine", command: "make", cwd: "/src" });
  const { payload } = await person.frame(({ event }) => event === "exec.approval.requested");
  expect(payload).toMatchObject({ id: "mine", request: { command: "make", cwd: "/src" } });
  await answer(person, "mine", "allow-once");
  expect(await waiting).toMatchObject({ payload: { id: "mine", decision: "allow-once" } });
  expect(await asker.request("exec.approval.request", { command: "make", env: {} })).toMatchObject({
    error: { code: "INVALID_REQUEST", message: expect.stringContaining("env") },
  });
});

test("a question waits no longer than it was to wait when a restart finds the clock set back", async () => {
  const { shouted, options } = shouting();
  const clock = manualClock();
  await using started = await startGateway({ ...options, clock });
  const client = await connectClient(started.gateway);
  await say(client, "hey");
  await asked(client, "hey");
  const dayBefore = { ...clock, now: () => new Date(clock.now().getTime() - 24 * 60 * MINUTE_MS) };
  const next = await started.restart({ clock: dayBefore });
  const again = await connectClient(next);
  const ended = endOf(next, "hey");
  await again.frame(({ event }) => event === "hello-ok" || event === "connect.challenge");
  clock.advance(30 * MINUTE_MS);
  expect(await ended).toMatchObject({ outcome: { text: expect.stringContaining("nobody answered in time") } });
  expect(shouted).toEqual([]);
});
