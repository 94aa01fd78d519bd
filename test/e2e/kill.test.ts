import { expect, test } from "vitest";
import { ask, chatEvent, historyOf, send, settled } from "./harness/chat.ts";
import { linesOf, untilLine } from "./harness/directory.ts";
import { type Answer, callTool, type ModelRequest, say } from "./harness/fake-model.ts";
import { createScene, leaveMark } from "./harness/scene.ts";

const never = new Promise<never>(() => {});

/** An answer that never gets further than this. */
const stall = (...texts: readonly string[]): Answer =>
  async function* () {
    for (const text of texts) yield { text };
    await never;
  };

const toolResults = ({ body }: ModelRequest): readonly string[] =>
  body.messages.filter(({ role }) => role === "tool").map(({ content }) => String(content));

const lastUserText = ({ body }: ModelRequest): string =>
  String(body.messages.findLast(({ role }) => role === "user")?.content);

test("a message that a kill kept from being accepted is answered once when it is sent again", async () => {
  await using given = await createScene([say("hello")]);
  await given.killedAfter(async ({ gateway, client }) => {
    // Stopped, it reads nothing more.
    process.kill(gateway.pid, "SIGSTOP");
    send(client, "a").catch(() => {});
  });

  await using restarted = await given.open();
  const { client } = restarted;
  expect(await historyOf(client)).toEqual([]);
  await ask(client, "a");
  expect(await historyOf(client)).toEqual(["user: a", "assistant: hello"]);
  expect(given.model.requests).toHaveLength(1);
});

test("accepted messages that no model has seen are answered after a kill, each once and in their order", async () => {
  await using given = await createScene([
    stall(),
    ({ body }) => [{ text: `re ${String(body.messages.at(-1)?.content)}` }],
  ]);
  await given.killedAfter(async ({ client }) => {
    for (const key of ["a", "b", "c"]) expect(await send(client, key)).toBe("started");
    await given.model.request(1);
  });

  await using restarted = await given.open();
  const { client } = restarted;
  for (const key of ["a", "b", "c"]) expect(await settled(client, key)).toBe("ok");
  const expected = ["user: a", "assistant: re a", "user: b", "assistant: re b", "user: c", "assistant: re c"];
  expect(await historyOf(client)).toEqual(expected);
  expect(given.model.requests.slice(1).map(lastUserText)).toEqual(["a", "b", "c"]);
});

test("an answer that a kill cut off in the middle is given anew, and the half of it is nowhere", async () => {
  await using given = await createScene([stall("The first ha"), say("The whole answer.")]);
  await given.killedAfter(async ({ client }) => {
    const half = chatEvent(client, ({ state }) => state === "delta");
    await send(client, "a");
    await half;
  });

  await using restarted = await given.open();
  const { client } = restarted;
  expect(await settled(client, "a")).toBe("ok");
  expect(await historyOf(client)).toEqual(["user: a", "assistant: The whole answer."]);
  expect(given.model.requests).toHaveLength(2);
});

test("a tool call that was asked for in an unfinished step is made once", async () => {
  const asksAndStalls: Answer = async function* () {
    yield { text: "Let me see." };
    yield { tool: "exec", input: { command: leaveMark("early") } };
    await never;
  };
  await using given = await createScene([asksAndStalls, callTool("exec", { command: leaveMark("once") }), say("done")]);
  await given.killedAfter(async ({ client }) => {
    const streaming = chatEvent(client, ({ state }) => state === "delta");
    await send(client, "a");
    await streaming;
  });

  await using restarted = await given.open();
  const { client } = restarted;
  expect(await settled(client, "a")).toBe("ok");
  expect(await linesOf(given.effects)).toEqual(["once"]);
  expect(given.model.requests).toHaveLength(3);
});

test("a call that was running is reported as unknown and not run again; one that waited behind it runs once", async () => {
  const twoCalls: Answer = () => [
    { tool: "exec", input: { command: `${leaveMark("running")}; sleep 600` } },
    { tool: "exec", input: { command: leaveMark("waiting") } },
  ];
  await using given = await createScene([twoCalls, say("done")]);
  await given.killedAfter(async ({ client }) => {
    await send(client, "a");
    await untilLine(given.effects, "running");
  });

  await using restarted = await given.open();
  const { client } = restarted;
  expect(await settled(client, "a")).toBe("ok");
  expect(await linesOf(given.effects)).toEqual(["running", "waiting"]);
  expect(given.model.requests).toHaveLength(2);
  expect(toolResults(await given.model.request(2))).toEqual([
    expect.stringContaining("Outcome unknown"),
    expect.not.stringContaining("unknown"),
  ]);
});

test("a call that had finished keeps its result, and only the model step after it is made again", async () => {
  await using given = await createScene([
    callTool("exec", { command: `${leaveMark("once")}; echo result-of-it` }),
    stall(),
    say("done"),
  ]);
  await given.killedAfter(async ({ client }) => {
    await send(client, "a");
    await given.model.request(2);
  });

  await using restarted = await given.open();
  const { client } = restarted;
  expect(await settled(client, "a")).toBe("ok");
  expect(await linesOf(given.effects)).toEqual(["once"]);
  expect(given.model.requests).toHaveLength(3);
  expect(toolResults(await given.model.request(3))).toEqual([expect.stringContaining("result-of-it")]);
  expect((await historyOf(client)).at(-1)).toBe("assistant: done");
});

test("an answer that was given stays the only one, and its key repeated is answered from the journal", async () => {
  await using given = await createScene([say("hello"), say("again")]);
  await given.killedAfter(async ({ client }) => {
    await ask(client, "a");
  });

  await using restarted = await given.open();
  const { client } = restarted;
  expect(await send(client, "a")).toBe("ok");
  const repeated = await client.request("agent", { message: "a", idempotencyKey: "a" }, { expectFinal: true });
  expect(repeated.result?.payloads).toEqual([{ text: "hello" }]);
  expect(await historyOf(client)).toEqual(["user: a", "assistant: hello"]);
  expect(given.model.requests).toHaveLength(1);
});

test("a question is asked once over a kill, and its answer reaches the model", async () => {
  const question = { id: "target", header: "Target", question: "Where to?", options: [{ label: "A" }, { label: "B" }] };
  await using given = await createScene([callTool("ask_user", { questions: [question] }), say("done")]);
  await given.killedAfter(async ({ client }) => {
    const asked = Promise.withResolvers<void>();
    client.on("question.requested", () => asked.resolve());
    await send(client, "a");
    await asked.promise;
  });

  await using restarted = await given.open();
  const { client } = restarted;
  const { questions } = await client.request("question.list", {});
  expect(questions).toMatchObject([{ runId: "a", status: "pending" }]);
  await client.request("question.resolve", { id: questions[0]?.id ?? "", answers: { answers: { target: ["B"] } } });
  expect(await settled(client, "a")).toBe("ok");
  const told = given.model.requests.map(toolResults).at(-1);
  expect(told).toEqual(['{"status":"answered","answers":{"answers":{"target":["B"]}}}']);
  expect(given.model.requests).toHaveLength(2);
});

test("a turn that somebody stopped stays stopped when the gateway is killed right after it said so", async () => {
  await using given = await createScene([stall("on and on"), say("hello")]);
  await given.killedAfter(async ({ client }) => {
    for (const key of ["a", "b"]) await send(client, key);
    await given.model.request(1);
    expect(await client.request("chat.abort", { sessionKey: "main" })).toMatchObject({ aborted: true });
  });

  await using restarted = await given.open();
  const { client } = restarted;
  await ask(client, "c");
  for (const key of ["a", "b"]) expect(await send(client, key)).toBe("ok");
  expect((await historyOf(client)).filter((line) => line.startsWith("assistant"))).toEqual(["assistant: hello"]);
  expect(given.model.requests).toHaveLength(2);
});
