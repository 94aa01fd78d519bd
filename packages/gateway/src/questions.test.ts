import type { QuestionRow, RunsGet } from "@claw/protocol";
import { expect, test } from "vitest";
import { connectClient, type TestClient } from "./connect.fixture.ts";
import { deploying, question } from "./deploying.fixture.ts";
import type { GatewayEvent } from "./events.ts";
import { startGateway } from "./gateway.fixture.ts";
import { manualClock } from "./manual-clock.fixture.ts";
import { connectAs, converse, people } from "./methods/people.fixture.ts";
import type { Gateway } from "./options.ts";

const MINUTE_MS = 60_000;
const session = { sessionKey: "agent:main:main" };
function endOf(gateway: Gateway, run: string): Promise<GatewayEvent> {
  const { promise, resolve } = Promise.withResolvers<GatewayEvent>();
  gateway.subscribe((event) => event.type === "run-ended" && event.run === run && resolve(event));
  return promise;
}

const say = (client: TestClient, run: string) =>
  client.request("chat.send", { ...session, message: "deploy", idempotencyKey: run });

async function asked(client: TestClient): Promise<QuestionRow> {
  const { payload } = await client.frame(({ event }) => event === "question.requested");
  return payload as unknown as QuestionRow;
}

const answer = (client: TestClient, id: string, ...target: readonly string[]) =>
  client.request("question.resolve", { id, answers: { answers: { target } } });

test("an agent asks, its turn waits, and goes on with the answer", async () => {
  const { options } = deploying();
  const clock = manualClock();
  await using started = await startGateway({ ...options, clock, limits: { turnTimeoutMs: MINUTE_MS } });
  const client = await connectClient(started.gateway);
  const ended = endOf(started.gateway, "one");
  await say(client, "one");
  const row = await asked(client);
  expect(row).toMatchObject({
    questions: [{ ...question, isOther: true }],
    agentId: "main",
    ...session,
    runId: "one",
    status: "pending",
  });
  expect(await client.request("question.list")).toMatchObject({ payload: { questions: [row] } });
  const told = await client.frame((frame) => JSON.stringify(frame).includes("claw questions answer"));
  expect(JSON.stringify(told.payload)).toContain("1. Staging: first");
  // Longer than a turn may take, and than a tool is left alone.
  clock.advance(4 * MINUTE_MS);
  expect(await client.request("status")).toMatchObject({ payload: { lateRuns: [] } });
  const waiting = client.request("question.waitAnswer", { id: row.id });
  const resolved = { status: "answered", answers: { answers: { target: ["Production"] } } };
  expect(await answer(client, row.id, "Production")).toMatchObject({ payload: resolved });
  expect(await waiting).toMatchObject({ payload: resolved });
  expect(await ended).toMatchObject({ outcome: { state: "done", text: "Production (trusted)" } });
  const { payload } = await client.frame(({ event }) => event === "question.resolved");
  expect(payload).toEqual({ id: row.id, ...resolved });
  expect(await client.request("question.get", { id: row.id })).toMatchObject({
    payload: { question: { ...resolved, resolvedBy: "owner" } },
  });
  expect(await client.request("question.list")).toMatchObject({ payload: { questions: [] } });
  const run = (await client.request("runs.get", { runId: "one" })).payload as unknown as RunsGet;
  expect(run.run.timeline.filter(({ stage }) => stage === "question")).toMatchObject([{ durationMs: 4 * MINUTE_MS }]);
});

test("of two answers at once one lands, and the other is told whose it was", async () => {
  const { options } = deploying();
  await using started = await startGateway(options);
  const [client, other] = [await connectClient(started.gateway), await connectClient(started.gateway)];
  const ended = endOf(started.gateway, "one");
  await say(client, "one");
  const { id } = await asked(client);
  const both = await Promise.all([answer(client, id, "Staging"), answer(other, id, "Production")]);
  expect(both.filter(({ ok }) => ok)).toHaveLength(1);
  expect(both.find(({ ok }) => !ok)).toMatchObject({
    error: {
      code: "INVALID_REQUEST",
      message: `question ${id} is over: answered by owner`,
      details: { code: "QUESTION_ALREADY_RESOLVED", status: "answered", resolvedBy: "owner" },
    },
  });
  const landed = both[0]?.ok ? "Staging" : "Production";
  expect(await ended).toMatchObject({ outcome: { text: `${landed} (trusted)` } });
});

test("what is no answer is refused with what is expected, and the question goes on", async () => {
  const { options } = deploying();
  await using started = await startGateway(options);
  const client = await connectClient(started.gateway);
  await say(client, "one");
  const { id } = await asked(client);
  const refusals = [
    [await answer(client, id), "target has no answer"],
    [await answer(client, id, "  "), "target has no answer"],
    [await answer(client, id, "Staging", "Production"), "expected one answer, found 2"],
    [await client.request("question.resolve", { id, answers: { answers: { other: ["x"] } } }), "no question other"],
    [await client.request("question.resolve", { id }), "either answers or cancel"],
    [await answer(client, "nothing", "Staging"), "no question nothing"],
    [await answer(client, id, "x".repeat(5_000)), "Too big"],
  ] as const;
  for (const [{ error }, text] of refusals) expect(error?.message).toContain(text);
  expect(await client.request("question.get", { id })).toMatchObject({ payload: { question: { status: "pending" } } });
  expect((await answer(client, id, "my own server")).ok).toBe(true);
});

test.each([
  [
    "is skipped",
    "cancelled",
    (client: TestClient, id: string) => client.request("question.resolve", { id, cancel: true }),
  ],
  ["is not answered in time", "expired", undefined],
])("a question that %s is %s, and the agent goes on without", async (_, status, skip) => {
  const { options } = deploying();
  const clock = manualClock();
  await using started = await startGateway({ ...options, clock });
  const client = await connectClient(started.gateway);
  const ended = endOf(started.gateway, "one");
  await say(client, "one");
  const { id } = await asked(client);
  if (skip === undefined) clock.advance(5 * MINUTE_MS);
  else await skip(client, id);
  expect(await ended).toMatchObject({ outcome: { state: "done", text: "no answer" } });
  expect((await client.frame(({ event }) => event === "question.resolved")).payload).toEqual({ id, status });
  expect((await answer(client, id, "Staging")).error?.message).toContain(`is over: ${status}`);
});

test("a restart finds the question again, asks nobody twice, and the turn goes on with the answer", async () => {
  const { asked: count, options } = deploying();
  await using started = await startGateway(options);
  const before = await connectClient(started.gateway);
  await say(before, "one");
  const { id } = await asked(before);
  const gateway = await started.restart();
  const client = await connectClient(gateway);
  expect(await client.request("question.list")).toMatchObject({ payload: { questions: [{ id, status: "pending" }] } });
  const ended = endOf(gateway, "one");
  await answer(client, id, "Staging");
  expect(await ended).toMatchObject({ outcome: { state: "done", text: "Staging (trusted)" } });
  expect(count()).toBe(2);
});

test("a run that is stopped takes its question with it", async () => {
  const { options } = deploying();
  await using started = await startGateway(options);
  const client = await connectClient(started.gateway);
  const ended = endOf(started.gateway, "one");
  await say(client, "one");
  const { id } = await asked(client);
  await client.request("chat.abort", session);
  expect(await ended).toMatchObject({ outcome: { state: "aborted" } });
  expect((await client.frame(({ event }) => event === "question.resolved")).payload).toEqual({
    id,
    status: "cancelled",
  });
});

test("a question is for the people of its session, and answered by who may write there", async () => {
  const { options } = deploying();
  await using started = await startGateway({ ...options, authenticate: people });
  const scopes = ["operator.write", "operator.questions"];
  const as = (name: string) => connectClient(started.gateway, name, scopes);
  const ada = await as("ada");
  await converse(ada, "hello", "zero");
  await ada.request("session.members.add", { ...session, memberId: "bob" });
  await ada.request("session.members.add", { ...session, memberId: "cleo", access: "write" });
  const [bob, cleo, eve] = [await as("bob"), await as("cleo"), await as("eve")];
  const unscoped = await connectAs(started.gateway, "ada");
  const ended = endOf(started.gateway, "one");
  await say(ada, "one");
  const { id } = await asked(ada);
  for (const client of [bob, cleo]) expect((await asked(client)).id).toBe(id);
  expect((await eve.request("question.get", { id })).error?.details).toEqual({ code: "QUESTION_NOT_FOUND" });
  for (const client of [bob, eve]) {
    expect((await answer(client, id, "Staging")).error?.details).toEqual({ code: "QUESTION_NOT_FOUND" });
  }
  expect((await answer(unscoped, id, "Staging")).error).toMatchObject({ message: "missing scope: operator.questions" });
  expect(await answer(cleo, id, "Staging")).toMatchObject({ ok: true });
  // Her word is not the one that the turn was begun with.
  expect(await ended).toMatchObject({ outcome: { text: "Staging (untrusted)" } });
  for (const client of [eve, unscoped]) {
    expect(client.frames.some(({ event }) => event?.startsWith("question."))).toBe(false);
  }
});

test("a client asks the people of a session it may speak in, and of no other", async () => {
  await using started = await startGateway({ authenticate: people });
  const as = (name: string) => connectClient(started.gateway, name, ["operator.write", "operator.questions"]);
  const [ada, eve] = [await as("ada"), await as("eve")];
  const ask = { questions: [question], ...session };
  expect((await ada.request("question.request", ask)).error?.details).toEqual({ code: "SESSION_NOT_FOUND" });
  await converse(ada, "hello", "zero");
  expect((await eve.request("question.request", ask)).error?.details).toEqual({ code: "SESSION_NOT_FOUND" });
  const twice = await ada.request("question.request", { ...ask, questions: [question, question] });
  expect(twice.error?.message).toContain("each questionId once");
  const secret = await ada.request("question.request", { ...ask, questions: [{ ...question, isSecret: true }] });
  expect(secret.error?.message).toContain("not supported: isSecret");
  expect(await ada.request("question.request", { ...ask, id: "mine" })).toMatchObject({ payload: { id: "mine" } });
  expect((await asked(ada)).questions).toEqual([{ ...question, isOther: true }]);
  expect(await ada.request("question.waitAnswer", { id: "mine", timeoutMs: 1 })).toMatchObject({
    payload: { status: "pending" },
  });
});
