import type { ModelSource, Turn } from "@claw/core";
import { expect, test } from "vitest";
import { connectClient, type TestClient } from "../connect.fixture.ts";
import { startGateway } from "../gateway.fixture.ts";
import { scriptedAgent } from "../script.fixture.ts";
import { connectAs, converse, people } from "./people.fixture.ts";

const models: ModelSource = {
  async resolve(ref) {
    if (!ref.startsWith("test/")) throw new Error(`There is no model "${ref}".`);
    return { ref, async *stream() {} };
  },
  list: () => [
    { ref: "test/large", name: "Large", provider: "test", contextWindow: 9_000, available: true, roles: ["default"] },
  ],
};

/** Says what it was told to think with. */
const tellingAgent = scriptedAgent(async function* ({ model, thinking, fast }: Turn) {
  yield `${model ?? "its own"}, ${thinking ?? "as ever"}${fast === undefined ? "" : `, fast: ${fast}`}`;
});

test("settings are shown in rows, followed by the next turn, kept over a restart, and taken away", async () => {
  await using started = await startGateway({ agents: [tellingAgent], models });
  const client = await connectClient(started.gateway);
  await converse(client, "hello", "one");
  const patch = { model: "test/large", thinkingLevel: "X-High", fastMode: true, queueMode: "collect", pinned: true };
  const looks = { icon: "🦞", color: "red", category: "work", unread: true, sendPolicy: "deny", responseUsage: "on" };
  const patched = await client.request("sessions.patch", { key: "main", ...patch, ...looks });
  const shown = { ...patch, ...looks, thinkingLevel: "xhigh", responseUsage: "tokens", model: "large" };
  const { payload } = patched as { payload?: unknown };
  expect(payload).toMatchObject({
    entry: { ...shown, modelProvider: "test", modelOverrideSource: "user", contextTokens: 9_000 },
    resolved: { modelProvider: "test", model: "large" },
  });
  const again = await connectClient(await started.restart());
  expect((await again.request("sessions.list")).payload).toMatchObject({ sessions: [shown] });
  await converse(again, "hello", "two");
  const clear = { model: null, thinkingLevel: null, fastMode: null, pinned: false, unread: false, queueMode: null };
  const cleared = await again.request("sessions.patch", { key: "main", ...clear });
  expect(Object.keys((cleared.payload as unknown as { entry: object }).entry)).not.toEqual(
    expect.arrayContaining(["pinned"]),
  );
  await converse(again, "hello", "three");
  const history = JSON.stringify((await again.request("chat.history", { sessionKey: "main" })).payload);
  expect(history.match(/test\/large, xhigh, fast: true|its own, as ever/g)).toEqual([
    "its own, as ever",
    "test/large, xhigh, fast: true",
    "its own, as ever",
  ]);
});

test("a session is made with settings, and an archived one is listed and deleted apart", async () => {
  await using started = await startGateway({ models, authenticate: people });
  const ada = await connectAs(started.gateway, "ada");
  await ada.request("sessions.create", { key: "a", model: "test/large", thinkingLevel: "low", category: "work" });
  await ada.request("sessions.create", { key: "b" });
  const refused = await ada.request("sessions.delete", { key: "a", archivedOnly: true });
  expect(refused.error).toMatchObject({ message: expect.stringContaining("is not archived") });
  await ada.request("sessions.patch", { key: "a", archived: true });
  const listed = async (params: object) =>
    ((await ada.request("sessions.list", params)).payload as unknown as { sessions: { key: string }[] }).sessions
      .map(({ key }) => key)
      .sort();
  expect(await listed({})).toEqual(["agent:main:b"]);
  expect(await listed({ archived: true })).toEqual(["agent:main:a"]);
  expect(await listed({ archived: "all" })).toEqual(["agent:main:a", "agent:main:b"]);
  expect((await ada.request("sessions.delete", { key: "a", archivedOnly: true })).payload).toMatchObject({
    deleted: true,
  });
});

test.each([
  [{ model: "nowhere/x" }, 'There is no model "nowhere/x"'],
  [{ thinkingLevel: "very" }, "expected one of off, minimal"],
  [{ sendPolicy: "deny" }, "missing scope: operator.admin"],
  [{ responseUsage: "full" }, "missing scope: operator.admin"],
  [{ permissionMode: "full" }, "not supported: permissionMode"],
])("a writer's change %j is refused with its reason", async (change, message) => {
  await using started = await startGateway({ models, authenticate: people });
  const ada = await connectAs(started.gateway, "ada");
  await converse(ada, "hello", "one");
  const { error } = await ada.request("sessions.patch", { key: "main", ...change });
  expect(error?.message).toContain(message);
});

test("whoever follows sessions and may see this one hears of every change to it, and nobody else", async () => {
  await using started = await startGateway({ models, authenticate: people });
  const ada = await connectAs(started.gateway, "ada");
  const bob = await connectAs(started.gateway, "bob");
  const eve = await connectAs(started.gateway, "eve");
  for (const client of [ada, bob, eve]) await client.request("sessions.subscribe");
  const key = "agent:main:a";
  let told = 0;
  const heard = async (client: TestClient, reason: string) => {
    const { payload } = await client.frame((frame) => {
      const changed = frame.payload as { reason?: string } | undefined;
      return client.frames.indexOf(frame) >= told && frame.event === "sessions.changed" && changed?.reason === reason;
    });
    return payload;
  };
  await ada.request("sessions.create", { key, label: "Taxes" });
  expect(await heard(ada, "create")).toMatchObject({ sessionKey: key, label: "Taxes" });
  await ada.request("session.members.add", { sessionKey: key, memberId: "bob", access: "write" });
  expect(await heard(bob, "members")).toMatchObject({ sessionKey: key, access: "write" });
  await converse(ada, "hello", "one", key);
  expect(await heard(bob, "run-ended")).toMatchObject({ sessionKey: key });
  await ada.request("sessions.patch", { key, thinkingLevel: "low" });
  expect(await heard(bob, "patch")).toMatchObject({ thinkingLevel: "low", access: "write" });
  await ada.request("sessions.reset", { key });
  expect(await heard(bob, "reset")).toMatchObject({ sessionKey: key, totalTokens: 0 });
  told = bob.frames.length;
  await converse(ada, "/new", "two", key);
  expect(await heard(bob, "reset")).toMatchObject({ sessionKey: key, access: "write" });
  await converse(ada, "/model test/large", "three", key);
  await bob.frame(({ event, payload }) => event === "sessions.changed" && JSON.stringify(payload).includes("large"));
  told = 0;
  await ada.request("sessions.patch", { key, archived: true });
  await ada.request("sessions.delete", { key, archivedOnly: true });
  for (const client of [ada, bob]) expect(await heard(client, "delete")).toMatchObject({ key, label: "Taxes" });
  await eve.request("sessions.list");
  expect(eve.frames.filter(({ event }) => event === "sessions.changed")).toEqual([]);
});

test("a message is answered with the thinking and the speed that were asked for with it, and the next one is not", async () => {
  await using started = await startGateway({ agents: [tellingAgent], models });
  const client = await connectClient(started.gateway);
  const ended = new Map<string, PromiseWithResolvers<string>>();
  const end = (run: string) => {
    const known = ended.get(run) ?? Promise.withResolvers<string>();
    ended.set(run, known);
    return known;
  };
  started.gateway.subscribe((event) => {
    if (event.type === "run-ended") end(event.run).resolve(event.outcome.text);
  });
  const ask = async (method: string, params: object, run: string) => {
    const { error } = await client.request(method, { message: "hi", idempotencyKey: run, ...params });
    return error?.message ?? end(run).promise;
  };
  const sessionKey = "main";
  expect(await ask("chat.send", { sessionKey, thinking: "X-High", fastMode: "auto" }, "one")).toBe(
    "its own, xhigh, fast: auto",
  );
  expect(await ask("chat.send", { sessionKey }, "two")).toBe("its own, as ever");
  await client.request("sessions.patch", { key: "main", thinkingLevel: "low", fastMode: true });
  expect(await ask("agent", { sessionKey, thinking: "off" }, "three")).toBe("its own, off, fast: true");
  expect(await ask("sessions.send", { key: "main", thinking: "high" }, "four")).toBe("its own, high, fast: true");
  expect(await ask("chat.send", { sessionKey, fastMode: false }, "five")).toBe("its own, low, fast: false");
  expect(await ask("chat.send", { sessionKey }, "six")).toBe("its own, low, fast: true");
  expect(await ask("chat.send", { sessionKey, thinking: "very" }, "seven")).toContain("thinking: expected one of off");
});

test("what was asked with a message that waits is still asked after a restart", async () => {
  const begun = Promise.withResolvers<void>();
  const stuck = scriptedAgent(async function* ({ signal }) {
    begun.resolve();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
    yield "";
  });
  await using started = await startGateway({ agents: [stuck], models });
  const client = await connectClient(started.gateway);
  const send = (run: string, more: object = {}) =>
    client.request("chat.send", { sessionKey: "main", message: "hi", idempotencyKey: run, ...more });
  await send("one");
  await begun.promise;
  await send("two", { thinking: "max", fastMode: true, queueMode: "followup" });
  const again = await started.restart({ agents: [tellingAgent] });
  const said: string[] = [];
  const both = new Promise<void>((resolve) => {
    again.subscribe((event) => {
      if (event.type === "run-ended" && said.push(event.outcome.text) === 2) resolve();
    });
  });
  await both;
  expect(said).toEqual(["its own, as ever", "its own, max, fast: true"]);
});
