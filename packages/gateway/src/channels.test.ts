import { type Agent, type Clock, type Outbound, RateLimitedError } from "@claw/core";
import { type FakeChannel, fakeChannel } from "@claw/core/testing";
import { expect, test } from "vitest";
import { startGateway, testTool } from "./gateway.fixture.ts";
import { manualClock } from "./manual-clock.fixture.ts";
import { connectAs, people } from "./methods/people.fixture.ts";
import { lastText, scriptedAgent } from "./script.fixture.ts";

type ManualClock = ReturnType<typeof manualClock>;
const idle = () => new Promise((resolve) => setImmediate(resolve));

/** Lets time go by, a second at a time with room for what it brings, until there is what is waited for. */
async function pass(clock: ManualClock, until: () => boolean): Promise<void> {
  for (let seconds = 0; !until(); seconds++) {
    if (seconds > 600) throw new Error("nothing happened in ten minutes");
    clock.advance(1_000);
    for (let turn = 0; turn < 5; turn++) await idle();
  }
}

/** Every send fails with what `failure` makes of its number, from 0, until that is `undefined`; at what second it was. */
function failing(fake: FakeChannel, clock: Clock, failure: (attempt: number) => Error | undefined): number[] {
  const seconds: number[] = [];
  fake.onSend = () => {
    const error = failure(seconds.length);
    seconds.push(clock.monotonicMs() / 1_000);
    if (error !== undefined) throw error;
  };
  return seconds;
}

const gaps = (seconds: readonly number[]): readonly number[] =>
  seconds.slice(1).map((second, index) => second - (seconds[index] ?? 0));

test("a message is acknowledged once it is in the journal, and its answer leaves with a key of its own", async () => {
  const fake = fakeChannel();
  const gate = Promise.withResolvers<void>();
  const sent = Promise.withResolvers<Outbound>();
  fake.onSend = (_to, message) => sent.resolve(message);
  const agent = scriptedAgent(async function* ({ messages }) {
    await gate.promise;
    yield `re ${lastText(messages)}`;
  });
  await using _started = await startGateway({ channels: [fake.channel], agents: [agent] });
  await fake.deliver("hello");
  gate.resolve();
  expect(await sent.promise).toMatchObject({ text: "re hello", idempotencyKey: "fake:bot:message-1:reply" });
});

test("what a platform delivers twice, also at once and also after a restart, is answered once", async () => {
  const fake = fakeChannel();
  const clock = manualClock();
  const channels = [fake.channel];
  await using started = await startGateway({ channels, clock });
  await Promise.all([1, 2, 3].map(() => fake.redeliver({ id: "7", text: "hello" })));
  await pass(clock, () => fake.sent().length > 0);
  await started.restart();
  await fake.redeliver({ id: "7", text: "hello" });
  await fake.redeliver({ id: "8", text: "next" });
  await pass(clock, () => fake.sent().length > 1);
  expect(fake.sent()).toEqual(["you said: hello", "you said: next"]);
});

test("a message that may not be accepted now is not acknowledged; one that never may is", async () => {
  const fake = fakeChannel();
  let allowed = true;
  await using started = await startGateway({
    channels: [fake.channel],
    policy: () => (allowed ? { effect: "allow", rule: "r" } : { effect: "deny", rule: "r", reason: "not you" }),
  });
  allowed = false;
  await fake.deliver("refused for good");
  allowed = true;
  const gate = Promise.withResolvers<void>();
  fake.onSend = () => gate.promise;
  const answered = new Promise<void>((resolve) => {
    started.gateway.subscribe((event) => event.type === "run-ended" && resolve());
  });
  await fake.deliver("the answer to this is being sent");
  await answered;
  await idle();
  const stopping = started.gateway.stop({ graceMs: 0 });
  await expect(fake.deliver("too late")).rejects.toMatchObject({ code: "GATEWAY_STOPPING" });
  gate.resolve();
  await stopping;
  expect(fake.sent()).toEqual(["you said: the answer to this is being sent"]);
});

test("a send that fails is tried again after 1, 2, 4, … seconds, and given up after the eighth time", async () => {
  const fake = fakeChannel();
  const clock = manualClock();
  const attempts = failing(fake, clock, (attempt) => (attempt < 8 ? new Error("the platform is down") : undefined));
  await using _started = await startGateway({ channels: [fake.channel], clock });
  await fake.deliver("one");
  await pass(clock, () => attempts.length === 8);
  expect(gaps(attempts)).toEqual([1, 2, 4, 8, 16, 32, 64]);
  await fake.deliver("two");
  await pass(clock, () => fake.sent().length > 0);
  expect(fake.sent()).toEqual(["you said: two"]);
});

test("a clock that is set back or forward holds no delivery up", async () => {
  const fake = fakeChannel();
  const clock = manualClock();
  let setByMs = 0;
  const unsteady: Clock = { ...clock, now: () => new Date(clock.now().getTime() + setByMs) };
  const attempts = failing(fake, clock, (attempt) => (attempt === 1 || attempt === 2 ? new Error("busy") : undefined));
  await using _started = await startGateway({ channels: [fake.channel], clock: unsteady });
  await fake.deliver("one");
  await pass(clock, () => fake.sent().length === 1);
  for (const [text, jumpMs] of [
    ["two", -86_400_000],
    ["three", 86_400_000],
    ["four", -172_800_000],
  ] as const) {
    const before = fake.sent().length;
    await fake.deliver(text);
    if (text === "two") await pass(clock, () => attempts.length === 2);
    setByMs += jumpMs;
    await pass(clock, () => fake.sent().length > before);
  }
  expect(fake.sent()).toEqual(["one", "two", "three", "four"].map((text) => `you said: ${text}`));
  expect(clock.monotonicMs()).toBeLessThan(30_000);
});

test("a platform that asks to wait is left alone that long", async () => {
  const fake = fakeChannel();
  const clock = manualClock();
  const limited = new RateLimitedError("CHANNEL_RATE_LIMITED", "slow down", 90_000);
  const attempts = failing(fake, clock, (attempt) => (attempt === 0 ? limited : undefined));
  await using _started = await startGateway({ channels: [fake.channel], clock });
  await fake.deliver("one");
  await pass(clock, () => fake.sent().length > 0);
  expect(gaps(attempts)).toEqual([90]);
});

test("a send without an answer counts as failed after a minute", async () => {
  const fake = fakeChannel();
  const clock = manualClock();
  let attempts = 0;
  fake.onSend = () => (attempts++ === 0 ? new Promise<void>(() => {}) : undefined);
  await using _started = await startGateway({ channels: [fake.channel], clock });
  await fake.deliver("one");
  await pass(clock, () => fake.sent().length > 0);
  expect(clock.monotonicMs()).toBeGreaterThanOrEqual(61_000);
});

test("one address gets its answers in order, and does not wait for another's", async () => {
  const fake = fakeChannel();
  const clock = manualClock();
  const gate = Promise.withResolvers<void>();
  fake.onSend = ({ peer }) => (peer === "ada" ? gate.promise : undefined);
  await using _started = await startGateway({ channels: [fake.channel], clock });
  await fake.deliver("one");
  await fake.deliver("two");
  await fake.redeliver({ id: "b", text: "hi", sender: { id: "bob" }, from: { ...fake.address, peer: "bob" } });
  await pass(clock, () => fake.sent().length > 0);
  expect(fake.sent()).toEqual(["you said: hi"]);
  gate.resolve();
  await pass(clock, () => fake.sent().length === 3);
  expect(fake.sent()).toEqual(["you said: hi", "you said: one", "you said: two"]);
});

test("what was not delivered before a restart is delivered after it, once and in order", async () => {
  const fake = fakeChannel();
  const clock = manualClock();
  const attempts = failing(fake, clock, () => new Error("the platform is down"));
  await using started = await startGateway({ channels: [fake.channel], clock });
  let ended = 0;
  started.gateway.subscribe((event) => void (event.type === "run-ended" && ended++));
  await fake.deliver("one");
  await fake.deliver("two");
  await pass(clock, () => attempts.length > 0 && ended === 2);
  fake.onSend = () => {};
  await started.restart();
  await pass(clock, () => fake.sent().length === 2);
  await started.restart();
  await fake.deliver("three");
  await pass(clock, () => fake.sent().length > 2);
  expect(fake.sent()).toEqual(["you said: one", "you said: two", "you said: three"]);
});

test("a broadcast is answered by each of its agents in a session of its own, and a redelivery by none", async () => {
  const fake = fakeChannel();
  const agents = ["a", "b"].map((name) =>
    scriptedAgent(async function* ({ session }) {
      yield session;
    }, name),
  ) as [Agent, Agent];
  let broken = true;
  await using started = await startGateway({
    channels: [fake.channel],
    agents,
    router: () => ({
      strategy: "parallel",
      routes: [
        { agent: "a", session: "agent:a:fake:group:1" },
        { agent: "b", session: "agent:b:fake:group:1", person: "ada" },
      ],
    }),
    policy: ({ type, agent }) => {
      if (agent === "b" && broken) throw new Error("not now");
      return { effect: "allow", rule: type };
    },
  });
  let ended = 0;
  const owners = new Set<string>();
  const bothEnded = new Promise<void>((resolve) => {
    started.gateway.subscribe((event) => {
      owners.add(event.owner);
      if (event.type === "run-ended" && ++ended === 2) resolve();
    });
  });
  await fake.redeliver({ id: "7" });
  broken = false;
  await fake.redeliver({ id: "7" });
  await bothEnded;
  await fake.redeliver({ id: "7" });
  expect(ended).toBe(2);
  expect(owners).toEqual(new Set(["fake:ada", "person:ada"]));
});

test("a burst is answered in one turn once it is quiet, and every message has its run", async () => {
  const fake = fakeChannel();
  const clock = manualClock();
  const heard: string[][] = [];
  const agent = scriptedAgent(async function* ({ messages }) {
    heard.push(messages.map((message) => (message.role === "user" ? message.text : message.role)));
    yield "one answer";
  });
  await using started = await startGateway({
    channels: [fake.channel],
    agents: [agent],
    clock,
    queue: () => ({ mode: "followup", cap: 20, drop: "summarize", quietMs: 1_500 }),
  });
  const ended: string[] = [];
  started.gateway.subscribe((event) => void (event.type === "run-ended" && ended.push(event.outcome.state)));
  for (const text of ["one", "two", "three"]) {
    await fake.deliver(text);
    clock.advance(1_000);
  }
  expect(heard).toEqual([]);
  await pass(clock, () => fake.sent().length > 0);
  expect(heard).toEqual([["one", "two", "three"]]);
  expect(ended).toEqual(["done", "done", "done"]);
  expect(fake.sent()).toEqual(["one answer"]);
});

test("the agents of a sequential broadcast begin one after the other, also after a restart", async () => {
  const fake = fakeChannel();
  const begun: string[] = [];
  const doors = new Map<string, () => void>();
  const [first, second] = ["a", "b"].map((name) =>
    scriptedAgent(async function* ({ signal }) {
      begun.push(name);
      await new Promise<void>((resolve) => {
        doors.set(name, resolve);
        signal.addEventListener("abort", () => resolve(), { once: true });
      });
      yield name;
    }, name),
  ) as [Agent, Agent];
  const routes = [
    { agent: "a", session: "agent:a:fake:group:1" },
    { agent: "b", session: "agent:b:fake:group:1" },
  ] as const;
  await using started = await startGateway({
    channels: [fake.channel],
    agents: [first, second],
    router: () => ({ strategy: "sequential", routes }),
  });
  await fake.deliver("hello");
  while (!doors.has("a")) await idle();
  expect(begun).toEqual(["a"]);
  doors.clear();
  await started.restart();
  while (!doors.has("a")) await idle();
  doors.get("a")?.();
  while (!doors.has("b")) await idle();
  expect(begun).toEqual(["a", "a", "b"]);
  doors.get("b")?.();
  while (fake.sent().length < 2) await idle();
  expect(fake.sent()).toEqual(["a", "b"]);
});

test("everybody in a group talks to the same agent, in one conversation", async () => {
  const fake = fakeChannel();
  const clock = manualClock();
  const agent = scriptedAgent(async function* ({ messages }) {
    yield `${messages.filter(({ role }) => role === "user").length}: ${lastText(messages)}`;
  });
  await using _started = await startGateway({ channels: [fake.channel], agents: [agent], clock });
  const from = { ...fake.address, peer: "team", kind: "group" } as const;
  const say = (id: string, who: string, text: string) =>
    fake.redeliver({ id, from, sender: { id: who }, text, addressed: true });
  await say("1", "ada", "hello");
  await pass(clock, () => fake.sent().length > 0);
  await say("2", "bob", "hello too");
  await pass(clock, () => fake.sent().length > 1);
  expect(fake.sent()).toEqual(["1: hello", "2: hello too"]);
});

test("a client can't begin the session that somebody's messages on a channel are routed to", async () => {
  const fake = fakeChannel();
  const address = "agent:main:fake:bot:direct:ada";
  await using started = await startGateway({
    channels: [fake.channel],
    authenticate: people,
    tools: [testTool("echo", async ({ text }) => ({ output: text, failed: false }))],
    toolsOverHttp: () => ({ effect: "allow", rule: "test" }),
    mayOpen: (_principal, session) => session !== address,
  });
  const ada = await connectAs(started.gateway, "ada");
  const message = { message: "mine", idempotencyKey: "k" };
  const taken = async () => [
    (await ada.request("chat.send", { ...message, sessionKey: address })).error?.code,
    (await ada.request("agent", { ...message, sessionKey: address })).error?.code,
    (await ada.request("sessions.send", { ...message, key: address })).error?.code,
    (await ada.request("sessions.create", { key: address })).error?.code,
    (await ada.request("tools.invoke", { name: "echo", args: { text: "x" }, sessionKey: address })).error?.code,
  ];
  const before = await taken();
  const sent = Promise.withResolvers<Outbound>();
  fake.onSend = (_to, outbound) => sent.resolve(outbound);
  await fake.deliver("hello");
  expect(await sent.promise).toMatchObject({ text: "you said: hello" });
  // Nor does it learn from the answers whether somebody has begun it.
  expect(await taken()).toEqual(before);
  expect(before).not.toContain(undefined);
});
