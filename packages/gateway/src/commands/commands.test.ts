import type { Agent, ModelSource } from "@claw/core";
import { fakeChannel } from "@claw/core/testing";
import { expect, test } from "vitest";
import type { Authenticate } from "../auth.ts";
import { connectClient, type TestClient } from "../connect.fixture.ts";
import { startGateway } from "../gateway.fixture.ts";
import { connectAs, converse, people } from "../methods/people.fixture.ts";
import { scriptedAgent } from "../script.fixture.ts";

const models: ModelSource = {
  async resolve(ref) {
    if (!ref.startsWith("test/")) throw new Error(`There is no model "${ref}".`);
    return { ref, async *stream() {} };
  },
  list: () => [
    { ref: "test/large", name: "L", provider: "test", contextWindow: 9_000, available: true, roles: ["default"] },
  ],
};

/** Says what it was given, or goes on until it is stopped. */
const agent = scriptedAgent(async function* ({ messages, signal }) {
  const given = messages.map((message) => (message.role === "user" ? message.text : "-")).join(",");
  if (given.endsWith("wait")) {
    yield "waiting";
    await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
  }
  yield `given ${given}`;
});

let asked = 0;
async function ask(client: TestClient, text: string, sessionKey?: string): Promise<string> {
  const run = `ask-${asked++}`;
  await converse(client, text, run, sessionKey);
  return answerIn(client, run);
}

function answerIn(client: TestClient, run: string): string {
  const final = client.frames
    .map(
      ({ payload }) =>
        payload as { runId?: string; state?: string; message?: { content: [{ text: string }] } } | undefined,
    )
    .find((payload) => payload?.runId === run && payload.state === "final");
  return final?.message?.content[0].text ?? "";
}

test("commands are answered without a model, kept in the history, and given to no model", async () => {
  await using started = await startGateway({ agents: [agent], models });
  const client = await connectClient(started.gateway);
  expect(await ask(client, "hello")).toBe("given hello");
  expect(await ask(client, "/help")).toContain("- `/think [level]` (or `/thinking`, `/t`): Show how");
  expect(await ask(client, "/status")).toContain(
    "- Model: `test/large`; thinking: the provider's own level\n- Context: 0 tokens of 9k (0 %)",
  );
  expect(await ask(client, " /Model test/other ")).toBe("`test/other` answers from now on.");
  expect(await ask(client, "/model")).toContain("Model: `test/other` (chosen for this session).");
  expect(await ask(client, "/think x-high")).toBe("Thinking: xhigh.");
  expect(await ask(client, "/think: very")).toMatch(/^There is no level "very"\. Levels: off, /);
  expect(await ask(client, "/model nowhere/x")).toContain('There is no model "nowhere/x"');
  expect(await ask(client, "/fast")).toBe(
    "Faster service: as the provider's account is set. Modes: on, off, auto, default.",
  );
  expect(await ask(client, "/fast quick")).toBe('There is no mode "quick". Modes: on, off, auto, default.');
  expect(await ask(client, "/fast on")).toBe("Faster service: on.");
  expect(await ask(client, "/usage full")).toContain("full");
  expect((await client.request("sessions.describe", { key: "main" })).payload).toMatchObject({
    session: { model: "other", thinkingLevel: "xhigh", fastMode: true, responseUsage: "full", derivedTitle: "hello" },
  });
  expect(await ask(client, "again")).toBe("given hello,-,again");
  const history = await client.request("chat.history", { sessionKey: "main" });
  expect(JSON.stringify(history.payload)).toContain("/model nowhere/x");
  const restarted = await connectClient(await started.restart());
  expect(await ask(restarted, "third")).toBe("given hello,-,again,-,third");
});

test("/new starts over with what follows it, and only a whole message is a command", async () => {
  await using started = await startGateway({ agents: [agent] });
  const client = await connectClient(started.gateway);
  expect(await ask(client, "one")).toBe("given one");
  expect(await ask(client, "/new")).toContain("Started over");
  expect(await ask(client, "two")).toBe("given two");
  expect(await ask(client, "what does /help do?")).toBe("given two,-,what does /help do?");
  expect(await ask(client, "/etc is full")).toMatch(/etc is full$/);
  expect(await ask(client, "/help me")).toMatch(/help me$/);
  expect(await ask(client, "stop")).toMatch(/,stop$/);
  const params = {
    sessionKey: "main",
    message: "/help",
    suppressCommandInterpretation: true,
    idempotencyKey: "literal",
  };
  await client.request("chat.send", params);
  await client.frame(({ payload }) => JSON.stringify(payload ?? "").includes("given two"));
});

test("/new is for whose the session is and for admins, whatever it is called and however it is said", async () => {
  const resets = ({ text }: { readonly text: string }) =>
    text.startsWith("/fresh") ? ({ text: "afresh", reset: "always" } as const) : { text };
  const authenticate: Authenticate = async (credentials, source) => {
    const shown = await people(credentials, source);
    const admin = credentials.token === "root";
    return "ok" in shown && shown.ok && admin
      ? { ...shown, principal: { ...shown.principal, scopes: ["admin"] } }
      : shown;
  };
  await using started = await startGateway({ agents: [agent], authenticate, resets });
  const { gateway } = started;
  const ada = await connectAs(gateway, "ada");
  expect(await ask(ada, "one")).toBe("given one");
  await ada.request("session.members.add", { sessionKey: "main", memberId: "bob", access: "write" });
  const bob = await connectAs(gateway, "bob");
  const key = "agent:main:main";
  const refusal = "You may not use /new here: this conversation is not yours alone. Ask an admin of this gateway.";
  for (const text of ["/new", "/reset", "/fresh start"]) expect(await ask(bob, text, key)).toBe(refusal);
  await bob.request("agent", { sessionKey: key, message: "/reset", idempotencyKey: "by-agent" });
  await bob.frame(({ payload }) => JSON.stringify(payload ?? {}).includes(`"text":"${refusal}"`));
  expect(await ask(bob, "two", key)).toBe("given one,-,two");
  const history = JSON.stringify((await ada.request("chat.history", { sessionKey: key })).payload);
  expect(history).toContain("/fresh start");
  expect(await ask(bob, "/stop", key)).toBe("Nothing is going on.");
  const root = await connectClient(gateway, "root", ["operator.admin"]);
  expect(await ask(root, "/reset", key)).toContain("Started over");
  expect(await ask(ada, "three")).toBe("given three");
  expect(await ask(ada, "/fresh start")).toBe("given afresh");
  expect(await ask(ada, "/new")).toContain("Started over");
  expect(await ask(ada, "four")).toBe("given four");
});

test("a contact starts over the conversation that is theirs, and not that of a group", async () => {
  const fake = fakeChannel();
  const answers = new Map<string, PromiseWithResolvers<string>>();
  fake.onSend = (to, { text }) => answers.get(to.peer)?.resolve(text);
  await using started = await startGateway({ agents: [agent], channels: [fake.channel] });
  const say = (peer: string, kind: "direct" | "group", text: string) => {
    const answer = Promise.withResolvers<string>();
    answers.set(peer, answer);
    const from = { ...fake.address, peer, kind };
    return fake.redeliver({ id: `${peer}-${text}`, text, from, sender: { id: "tom" } }).then(() => answer.promise);
  };
  for (const [peer, kind] of [
    ["tom", "direct"],
    ["team", "group"],
  ] as const) {
    expect(await say(peer, kind, "one")).toBe("given one");
  }
  expect(await say("tom", "direct", "/new")).toContain("Started over");
  expect(await say("tom", "direct", "two")).toBe("given two");
  expect(await say("team", "group", "/new")).toContain("You may not use /new here");
  expect(await say("team", "group", "two")).toBe("given one,-,two");
  expect(started.gateway).toBeDefined();
});

test("/stop is heard while a turn runs and one waits, and neither is taken up by a restart", async () => {
  await using started = await startGateway({ agents: [agent] });
  const client = await connectClient(started.gateway);
  const send = (message: string, run: string, queueMode = "followup") =>
    client.request("chat.send", { sessionKey: "main", message, idempotencyKey: run, queueMode });
  await send("wait", "going");
  await client.frame(({ payload }) => JSON.stringify(payload ?? "").includes('"waiting"'));
  await send("and this", "waiting");
  expect((await ask(client, "Stop!")).startsWith("Stopped")).toBe(true);
  for (const run of ["going", "waiting"]) {
    await client.frame(({ event, payload }) => {
      const chat = payload as { runId?: string; state?: string } | undefined;
      return event === "chat" && chat?.runId === run && chat.state === "aborted";
    });
  }
  expect(await ask(client, "/stop")).toBe("Nothing is going on.");
});

test("a stop that was acknowledged holds through a crash", async () => {
  const endless: Agent = {
    name: "main",
    description: "never ends",
    async *run() {
      yield { type: "text-delta", text: "working" };
      await new Promise(() => {});
    },
  };
  let ran = 0;
  const counting = scriptedAgent(async function* () {
    ran++;
    yield "went on";
  });
  await using started = await startGateway({ agents: [endless] });
  const client = await connectClient(started.gateway);
  await client.request("chat.send", { sessionKey: "main", message: "go", idempotencyKey: "one" });
  await client.frame(({ payload }) => JSON.stringify(payload ?? "").includes("working"));
  const aborted = await client.request("chat.abort", { sessionKey: "main" });
  expect(aborted.payload).toMatchObject({ aborted: true, runIds: ["one"] });
  const again = await connectClient(await started.restart({ agents: [counting] }));
  expect((await again.request("agent.wait", { runId: "one" })).payload).toMatchObject({ status: "ok" });
  expect((await again.request("runs.get", { runId: "one" })).payload).toMatchObject({ run: { state: "aborted" } });
  expect(ran).toBe(0);
});

test("a command that a platform delivers twice is run once, and a contact may not choose the owner's model", async () => {
  const fake = fakeChannel();
  const answers: string[] = [];
  const answered = Promise.withResolvers<void>();
  fake.onSend = (_to, { text }) => {
    answers.push(text);
    if (answers.length === 2) answered.resolve();
  };
  await using started = await startGateway({ agents: [agent], channels: [fake.channel], models });
  await fake.redeliver({ id: "1", text: "/model test/large" });
  await fake.redeliver({ id: "1", text: "/model test/large" });
  await fake.redeliver({ id: "2", text: "/help" });
  await answered.promise;
  expect(answers[0]).toBe("You may not use /model here: it is for the owner of this gateway.");
  expect(answers[1]).toContain("/stop");
  expect(answers[1]).not.toContain("/model");
  expect(answers).toHaveLength(2);
  expect(started.gateway).toBeDefined();
});

test("a compaction by hand is a turn of the session, and says what it did", async () => {
  const compacting: Agent = {
    ...agent,
    async *compact({ messages }) {
      expect(messages.map(({ role }) => role)).toEqual(["user", "assistant"]);
      yield { type: "compaction", phase: "start", reason: "manual" };
      const message = { role: "summary", text: "NOTES", kept: 1, tokensBefore: 12_000, tokensAfter: 800 } as const;
      yield { type: "compaction", phase: "end", message };
      yield { type: "turn-end", reason: "done" };
    },
  };
  await using started = await startGateway({ agents: [compacting] });
  const client = await connectClient(started.gateway);
  await ask(client, "one");
  expect(await ask(client, "/compact")).toContain("about 12k tokens are now 800");
  expect(await ask(client, "two")).toBe("given -,-,two");
  const restarted = await connectClient(await started.restart());
  expect(await ask(restarted, "three")).toBe("given -,-,two,-,three");
});

test("answers in a channel say what they cost or stay away, as the session is set", async () => {
  const fake = fakeChannel();
  const spending: Agent = {
    ...agent,
    async *run() {
      const usage = { inputTokens: 1_200, outputTokens: 40 };
      const message = {
        role: "assistant",
        text: "done",
        toolCalls: [],
        model: "test/large",
        stop: "stop",
        usage,
      } as const;
      yield { type: "step", message };
      yield { type: "turn-end", reason: "done" };
    },
  };
  const answers: string[] = [];
  const waiters: (() => void)[] = [];
  fake.onSend = (_to, { text }) => {
    answers.push(text);
    for (const wake of waiters.splice(0)) wake();
  };
  await using started = await startGateway({ agents: [spending], channels: [fake.channel] });
  const client = await connectClient(started.gateway);
  const say = async (id: string) => {
    const sent = new Promise<void>((resolve) => waiters.push(resolve));
    await fake.redeliver({ id, text: "hello" });
    await sent;
  };
  await say("1");
  const { payload } = await client.request("sessions.list");
  const { key } = (payload as unknown as { sessions: [{ key: string }] }).sessions[0];
  await client.request("sessions.patch", { key, responseUsage: "tokens" });
  await say("2");
  await client.request("sessions.patch", { key, responseUsage: "full" });
  await say("3");
  const ended = new Promise<void>((resolve) => {
    started.gateway.subscribe(({ type }) => type === "run-ended" && resolve());
  });
  await client.request("sessions.patch", { key, sendPolicy: "deny" });
  await fake.redeliver({ id: "4", text: "hello" });
  await ended;
  await client.request("sessions.patch", { key, sendPolicy: null, responseUsage: null });
  await say("5");
  const footer = "1.2k tokens in, 40 out_";
  expect(answers).toEqual(["done", `done\n\n_${footer}`, `done\n\n_test/large: ${footer}`, "done"]);
});

test("a client that opens a conversation gets its history with the commands and models", async () => {
  await using started = await startGateway({ agents: [agent], models });
  const client = await connectClient(started.gateway);
  await ask(client, "hello");
  const offered = { commands: expect.any(Array), models: [{ id: "large", provider: "test" }] };
  expect((await client.request("chat.metadata", { sessionKey: "main" })).payload).toMatchObject(offered);
  expect((await client.request("chat.startup", { sessionKey: "main", limit: 5 })).payload).toMatchObject({
    sessionKey: "agent:main:main",
    messages: [{ role: "user" }, { role: "assistant" }],
    metadata: offered,
  });
  expect((await client.request("agent.identity.get", { sessionKey: "main" })).payload).toMatchObject({
    agentId: "main",
  });
  expect((await client.request("agent.identity.get", { agentId: "nobody" })).ok).toBe(false);
});

test("commands are listed for clients, with what may stand after them", async () => {
  await using started = await startGateway({ authenticate: people });
  const ada = await connectAs(started.gateway, "ada");
  const { payload } = await ada.request("commands.list", { scope: "text", includeArgs: true });
  const { commands } = payload as unknown as { commands: { name: string }[] };
  expect(commands.map(({ name }) => name)).toEqual([
    "new",
    "compact",
    "stop",
    "model",
    "think",
    "fast",
    "usage",
    "elevated",
    "exec",
    "status",
    "help",
  ]);
  expect(commands[0]).toMatchObject({ textAliases: ["/new", "/reset"], acceptsArgs: false, category: "session" });
  expect(commands[4]).toMatchObject({
    args: [{ name: "level", choices: expect.arrayContaining([{ value: "off", label: "off" }]) }],
  });
  expect((await ada.request("commands.list", { scope: "native" })).payload).toEqual({ commands: [] });
});
