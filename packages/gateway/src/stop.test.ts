import { fakeChannel } from "@claw/core/testing";
import { sqliteStore } from "@claw/store-sqlite";
import { expect, test, vi } from "vitest";
import { connectClient } from "./connect.fixture.ts";
import type { GatewayEvent } from "./events.ts";
import { startGateway, testTool } from "./gateway.fixture.ts";
import { manualClock } from "./manual-clock.fixture.ts";
import type { Gateway } from "./options.ts";
import { lastText, scriptedAgent } from "./script.fixture.ts";

const never = new Promise<never>(() => {});
const send = (message: string) => ({ message, idempotencyKey: message, sessionKey: "main" });
/** More than anything that was told to stop is given to do so. */
const LONG_MS = 20_000;

function endOf(gateway: Gateway, run: string): Promise<GatewayEvent> {
  const { promise, resolve } = Promise.withResolvers<GatewayEvent>();
  gateway.subscribe((event) => event.type === "run-ended" && event.run === run && resolve(event));
  return promise;
}

/** Says one word, and then neither hears nor ends; a message other than `hang` is answered. */
function deafAgent() {
  const heard = Promise.withResolvers<void>();
  const agent = scriptedAgent(async function* ({ messages, signal }) {
    if (lastText(messages) !== "hang") {
      yield `re ${lastText(messages)}`;
      return;
    }
    yield "well…";
    signal.addEventListener("abort", () => heard.resolve(), { once: true });
    await never;
  });
  return { agent, heard: heard.promise };
}

test("an agent that ignores an abort loses its turn after a while, and the session goes on", async () => {
  const clock = manualClock();
  const { agent, heard } = deafAgent();
  await using started = await startGateway({ agents: [agent], clock });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", send("hang"));
  await client.frame((frame) => JSON.stringify(frame).includes("well…"));
  const ended = endOf(started.gateway, "hang");
  const answered = endOf(started.gateway, "next");
  await client.request("chat.send", send("next"));
  await client.request("chat.abort", { sessionKey: "main", runId: "hang" });
  await heard;
  clock.advance(LONG_MS);
  expect(await ended).toMatchObject({ outcome: { state: "aborted" } });
  expect(await answered).toMatchObject({ outcome: { state: "done", text: "re next" } });
});

test("a turn that runs out of time is an error also when its agent does not listen", async () => {
  const clock = manualClock();
  const { agent, heard } = deafAgent();
  await using started = await startGateway({ agents: [agent], clock, limits: { turnTimeoutMs: 60_000 } });
  const client = await connectClient(started.gateway);
  const ended = endOf(started.gateway, "hang");
  await client.request("chat.send", send("hang"));
  await client.frame((frame) => JSON.stringify(frame).includes("well…"));
  clock.advance(60_000);
  await heard;
  clock.advance(LONG_MS);
  expect(await ended).toMatchObject({ outcome: { state: "error", error: { code: "GATEWAY_TURN_TIMEOUT" } } });
});

test("the time a message waits for its lane is none of its turn's", async () => {
  const clock = manualClock();
  const gate = Promise.withResolvers<void>();
  const agent = scriptedAgent(async function* ({ messages }) {
    if (lastText(messages) === "first") await gate.promise;
    yield "done";
  });
  await using started = await startGateway({ agents: [agent], clock, limits: { turnTimeoutMs: 60_000 } });
  const client = await connectClient(started.gateway);
  const ended = endOf(started.gateway, "second");
  await client.request("chat.send", send("first"));
  await client.request("chat.send", send("second"));
  clock.advance(59_000);
  gate.resolve();
  expect(await ended).toMatchObject({ outcome: { state: "done" } });
});

test("a stop does not wait for a tool that hangs; the next start reports its outcome as unknown", async () => {
  const clock = manualClock();
  const running = Promise.withResolvers<void>();
  const told = Promise.withResolvers<void>();
  let calls = 0;
  const tool = testTool("hang", async (_input, { signal }) => {
    calls += 1;
    running.resolve();
    signal.addEventListener("abort", () => told.resolve(), { once: true });
    return never;
  });
  const agent = scriptedAgent(async function* ({ messages }) {
    const last = messages.at(-1);
    if (last?.role === "tool") yield last.output;
    else yield [{ id: "c1", tool: "hang", input: { text: "x" } }];
  });
  await using started = await startGateway({ agents: [agent], tools: [tool], clock });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", send("go"));
  await running.promise;
  const stopping = started.gateway.stop({ graceMs: 0 });
  await told.promise;
  clock.advance(LONG_MS);
  await stopping;

  const next = await started.restart();
  const again = await connectClient(next);
  await again.request("agent.wait", { runId: "go" });
  const history = await again.request("chat.history", { sessionKey: "main" });
  expect(JSON.stringify(history.payload)).toContain("Outcome unknown");
  expect(calls).toBe(1);
});

test("a stop lets running turns finish, begins none that waits, and the next start answers those in order", async () => {
  const gate = Promise.withResolvers<void>();
  const begun: string[] = [];
  const agent = scriptedAgent(async function* ({ messages }) {
    begun.push(lastText(messages));
    if (lastText(messages) === "one") await gate.promise;
    yield `re ${lastText(messages)}`;
  });
  await using started = await startGateway({ agents: [agent] });
  const client = await connectClient(started.gateway);
  for (const text of ["one", "two", "three"]) await client.request("chat.send", send(text));
  const stopping = started.gateway.stop();
  gate.resolve();
  await stopping;
  expect(begun).toEqual(["one"]);

  const again = await connectClient(await started.restart());
  for (const runId of ["two", "three"]) await again.request("agent.wait", { runId });
  expect(begun).toEqual(["one", "two", "three"]);
  const history = await again.request("chat.history", { sessionKey: "main" });
  expect(JSON.stringify(history.payload).match(/re (one|two|three)/g)).toEqual(["re one", "re two", "re three"]);
});

test("a client hears of the stop and is asked to come back; a turn that goes on later is no error for it", async () => {
  const agent = scriptedAgent(async function* ({ signal }) {
    yield "begun";
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    throw signal.reason;
  });
  await using started = await startGateway({ agents: [agent] });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", send("go"));
  await client.frame((frame) => JSON.stringify(frame).includes("begun"));
  await started.gateway.stop({ graceMs: 0 });
  expect(await client.closed).toMatchObject({ code: 1012 });
  expect(client.frames.some((frame) => frame.event === "shutdown")).toBe(true);
  const states = client.frames.map((frame) => (frame.payload as { state?: string } | undefined)?.state);
  expect(states).not.toContain("error");
});

test("a stop ends within 30 seconds whatever is stuck, and leaves what it could not end for the next start", async () => {
  const fake = fakeChannel();
  const stuck = { ...fake.channel, send: () => never, stop: () => never };
  const { agent } = deafAgent();
  await using started = await startGateway({ agents: [agent], channels: [stuck] });
  const client = await connectClient(started.gateway);
  const answered = endOf(started.gateway, "fake:bot:message-1");
  await fake.deliver("its answer is never sent");
  await answered;
  await client.request("chat.send", send("hang"));
  await client.frame((frame) => JSON.stringify(frame).includes("well…"));

  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  try {
    let stopped = false;
    const stopping = started.gateway.stop().then(() => {
      stopped = true;
    });
    for (let seconds = 0; seconds < 30 && !stopped; seconds++) {
      await vi.advanceTimersByTimeAsync(1_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(stopped).toBe(true);
    await stopping;
  } finally {
    vi.useRealTimers();
  }

  await using store = sqliteStore({ stateDir: started.stateDir });
  expect(await store.journal.deliveries(new Date(), 10)).toMatchObject([{ key: "fake:bot:message-1:reply" }]);
  const waiting: string[] = [];
  for await (const { run } of store.journal.unfinished()) waiting.push(run);
  expect(waiting).toEqual(["hang"]);
});
