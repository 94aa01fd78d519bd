import { expect, test } from "vitest";
import type { TestClient } from "../connect.fixture.ts";
import { connectClient } from "../connect.fixture.ts";
import { startGateway } from "../gateway.fixture.ts";
import { connectAs, converse, people } from "../methods/people.fixture.ts";
import { createPeople } from "../people/people.ts";
import { lastText, scriptedAgent } from "../script.fixture.ts";

const key = "agent:main:main";
const session = { sessionKey: key };

/** Waits to be stopped when told to, and answers everything else. */
const agent = scriptedAgent(async function* ({ messages, signal }) {
  const text = lastText(messages);
  if (text === "wait") await new Promise((resolve) => signal.addEventListener("abort", resolve));
  else yield `you said: ${text}`;
});

/** Names of the events about runs and sessions that a client was sent. */
const told = ({ frames }: TestClient) =>
  new Set(frames.flatMap(({ event }) => (event?.match(/^(agent|chat|session.*)$/) ? [event] : [])));
const everything = new Set(["agent", "chat", "session.message", "sessions.changed"]);

async function follow(client: TestClient): Promise<TestClient> {
  await client.request("sessions.subscribe");
  await client.request("sessions.messages.subscribe", { key });
  return client;
}

const isEnd = (run: string) => (frame: { event?: string; payload?: { runId: string; state: string } }) =>
  frame.event === "chat" && frame.payload?.runId === run && ["final", "aborted"].includes(frame.payload.state);

test("what happens in a session reaches its owner, its members and admins live, and nobody else", async () => {
  await using started = await startGateway({ agents: [agent], authenticate: people });
  const { gateway } = started;
  const ada = await follow(await connectAs(gateway, "ada"));
  await converse(ada, "hello", "one");
  await ada.request("session.members.add", { ...session, memberId: "bob" });
  await ada.request("session.members.add", { ...session, memberId: "cleo", access: "write" });
  const bob = await follow(await connectAs(gateway, "bob"));
  const cleo = await follow(await connectAs(gateway, "cleo"));
  const eve = await follow(await connectAs(gateway, "eve"));
  await cleo.request("chat.send", { ...session, message: "hi", idempotencyKey: "two" });
  for (const client of [ada, bob, cleo]) {
    await client.frame(isEnd("two"));
    await client.frame(
      ({ event, payload }) => event === "session.message" && JSON.stringify(payload).includes("you said: hi"),
    );
    expect(told(client)).toEqual(everything);
  }
  expect((await eve.request("health")).ok).toBe(true);
  expect(told(eve)).toEqual(new Set());
});

test("whoever was shut out is told nothing more, and what they had started is stopped", async () => {
  await using started = await startGateway({ agents: [agent], authenticate: people });
  const ada = await connectAs(started.gateway, "ada");
  await converse(ada, "hello", "one");
  await ada.request("session.members.add", { ...session, memberId: "bob", access: "write" });
  const bob = await follow(await connectAs(started.gateway, "bob"));
  await bob.request("chat.send", { ...session, message: "wait", idempotencyKey: "two" });
  await bob.frame(({ event, payload }) => event === "agent" && JSON.stringify(payload).includes("two"));
  const removed = await ada.request("session.members.remove", { ...session, memberId: "bob" });
  expect(removed.payload).toEqual({ sessionKey: key, ownerId: "ada", members: [] });
  await ada.frame(isEnd("two"));
  const before = bob.frames.length;
  await converse(ada, "again", "three");
  expect((await bob.request("chat.history", session)).payload).toMatchObject({ messages: [] });
  expect(bob.frames.slice(before).map(({ type }) => type)).toEqual(["res"]);
});

test("a run that is taken up after a restart is told to the members of its session", async () => {
  await using started = await startGateway({ agents: [agent], authenticate: people });
  const ada = await connectAs(started.gateway, "ada");
  await ada.request("chat.send", { ...session, message: "wait", idempotencyKey: "one" });
  await ada.request("session.members.add", { ...session, memberId: "bob" });
  const gateway = await started.restart();
  const bob = await connectAs(gateway, "bob");
  expect((await bob.request("chat.abort", session)).payload).toMatchObject({ aborted: false });
  await (await connectAs(gateway, "ada")).request("chat.abort", session);
  expect((await bob.frame(isEnd("one"))).payload).toMatchObject({ state: "aborted" });
});

test("nobody is let in who owns the session, and nobody shut out who is no member", async () => {
  await using started = await startGateway({ agents: [agent], authenticate: people });
  const ada = await connectAs(started.gateway, "ada");
  await converse(ada, "hello", "one");
  const refused = async (method: string, memberId: string) =>
    (await ada.request(`session.members.${method}`, { ...session, memberId })).error?.message;
  expect(await refused("add", "ada")).toBe("ada owns this session");
  expect(await refused("remove", "bob")).toBe("bob is no member of this session");
});

test("nobody is let in whom the gateway does not know", async () => {
  const vouched = (id: string) => id === "proxy:cleo";
  const users = createPeople({ users: { bob: { role: "member", token: "b" } }, vouched });
  await using started = await startGateway({ agents: [agent], authenticate: people, people: users });
  const ada = await connectAs(started.gateway, "ada");
  await converse(ada, "hello", "one", key);
  const add = async (memberId: string) => (await ada.request("session.members.add", { ...session, memberId })).error;
  expect(await add("bobb")).toMatchObject({
    code: "INVALID_REQUEST",
    message: expect.stringMatching(/expected the id of a user.*found bobb$/),
    details: { code: "UNKNOWN_USER" },
  });
  expect([await add("bob"), await add("owner"), await add("proxy:cleo")]).toEqual([undefined, undefined, undefined]);
});

test("who else is connected is for admins to know", async () => {
  await using started = await startGateway({
    authenticate: ({ token = "" }) => ({
      ok: true,
      principal: {
        id: token,
        kind: "user",
        tenant: "local",
        scopes: [token === "root" ? "admin" : "write"],
        credential: "test",
      },
    }),
  });
  const present = async (name: string) => {
    const client = await connectClient(started.gateway, name, ["operator.admin", "operator.read"]);
    return (await client.request("system-presence")).payload;
  };
  expect(await present("ada")).toHaveLength(1);
  expect(await present("eve")).toHaveLength(1);
  expect(await present("root")).toHaveLength(3);
});
