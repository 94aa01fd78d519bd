import { expect, test } from "vitest";
import { connectClient, type TestClient } from "../connect.fixture.ts";
import { startGateway, testTool } from "../gateway.fixture.ts";
import { scriptedAgent } from "../script.fixture.ts";
import { connectAs, converse, people } from "./people.fixture.ts";

test("a session is described, read, resolved and previewed by whoever opened it", async () => {
  await using started = await startGateway();
  const client = await connectClient(started.gateway);
  await converse(client, "hello", "one");
  const described = await client.request("sessions.describe", { key: "main", includeLastMessage: true });
  expect(described.payload).toMatchObject({ session: { key: "agent:main:main", derivedTitle: "hello" } });
  const messages = [{ role: "user" }, { role: "assistant", content: [{ text: "you said: hello" }] }];
  expect((await client.request("sessions.get", { key: "main" })).payload).toMatchObject({ messages });
  expect((await client.request("sessions.resolve", { key: "main" })).payload).toEqual({
    ok: true,
    key: "agent:main:main",
    sessionId: "agent:main:main",
    agentId: "main",
  });
  const previews = await client.request("sessions.preview", { keys: ["main", "nowhere"], limit: 1, maxChars: 20 });
  expect(previews.payload).toMatchObject({
    previews: [
      { key: "main", status: "ok", items: [{ role: "assistant", text: "you said: hello" }] },
      { key: "nowhere", status: "missing", items: [] },
    ],
  });
  const message = await client.request("chat.message.get", { sessionKey: "main", messageId: "agent:main:main#1" });
  expect(message.payload).toMatchObject({ ok: true, message: { role: "user", content: [{ text: "hello" }] } });
});

test("somebody else finds nothing of it, not even that it exists", async () => {
  await using started = await startGateway({ authenticate: people });
  await converse(await connectAs(started.gateway, "ada"), "secret", "one");
  const ada = await connectAs(started.gateway, "ada");
  expect((await ada.request("sessions.describe", { key: "main" })).payload).toMatchObject({
    session: { key: "agent:main:main" },
  });
  const eve = await connectAs(started.gateway, "eve");
  expect((await eve.request("sessions.describe", { key: "main" })).payload).toEqual({ session: null });
  expect((await eve.request("sessions.get", { key: "main" })).payload).toEqual({ messages: [] });
  const resolved = await eve.request("sessions.resolve", { key: "main" });
  expect(resolved.error).toMatchObject({ code: "INVALID_REQUEST", details: { code: "SESSION_NOT_FOUND" } });
  expect((await eve.request("sessions.resolve", { key: "main", allowMissing: true })).payload).toEqual({ ok: false });
  expect((await eve.request("sessions.preview", { keys: ["main"] })).payload).toMatchObject({
    previews: [{ status: "missing", items: [] }],
  });
  expect(
    (await eve.request("chat.message.get", { sessionKey: "main", messageId: "agent:main:main#1" })).payload,
  ).toEqual({ ok: false, unavailableReason: "not_found" });
});

test.each(["agent:main:main#0", "agent:main:other#1", "agent:main:main#9", "agent:main:main#1e0", "#", "x"])(
  "the message id %s names no message",
  async (messageId) => {
    await using started = await startGateway();
    const client = await connectClient(started.gateway);
    await converse(client, "hello", "one");
    const answer = await client.request("chat.message.get", { sessionKey: "main", messageId });
    expect(answer.payload).toEqual({ ok: false, unavailableReason: "not_found" });
  },
);

test("a follower is told every message once, in order, as it becomes durable, and nobody else is", async () => {
  const agent = scriptedAgent(async function* () {
    yield [{ id: "c1", tool: "shout", input: { text: "hi" } }];
    yield "done";
  });
  const tool = testTool("shout", async ({ text }) => ({ output: text.toUpperCase(), failed: false }));
  await using started = await startGateway({ agents: [agent], tools: [tool], authenticate: people });
  const ada = await connectAs(started.gateway, "ada");
  const eve = await connectAs(started.gateway, "eve");
  for (const client of [ada, eve]) await client.request("sessions.messages.subscribe", { key: "main" });
  await converse(ada, "go", "one");
  const messages = (client: TestClient) => client.frames.filter((frame) => frame.event === "session.message");
  await ada.frame((frame) => frame.event === "session.message" && JSON.stringify(frame).includes("done"));
  expect(messages(ada).map(({ payload }) => payload)).toMatchObject([
    { sessionKey: "agent:main:main", messageSeq: 1, message: { role: "user" } },
    { messageSeq: 2, message: { role: "assistant", stopReason: "toolUse" } },
    { messageSeq: 3, message: { role: "toolResult", content: [{ text: "HI" }] } },
    { messageSeq: 4, messageId: "agent:main:main#4", message: { content: [{ text: "done" }] } },
  ]);
  expect(messages(eve)).toEqual([]);

  await ada.request("sessions.messages.unsubscribe", { key: "main" });
  await converse(ada, "again", "two");
  await ada.request("sessions.list", {});
  expect(messages(ada)).toHaveLength(4);
});
