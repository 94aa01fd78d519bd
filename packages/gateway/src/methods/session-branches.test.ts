import type { Agent } from "@claw/core";
import { expect, test } from "vitest";
import { connectClient, type TestClient } from "../connect.fixture.ts";
import { startGateway } from "../gateway.fixture.ts";
import { scriptedAgent } from "../script.fixture.ts";
import { converse } from "./people.fixture.ts";

const agent = scriptedAgent(async function* ({ messages }) {
  yield `given ${messages.map((message) => (message.role === "user" ? message.text : "-")).join(",")}`;
});

async function history(client: TestClient, sessionKey = "main") {
  const { payload } = await client.request("chat.history", { sessionKey });
  const { messages } = payload as unknown as {
    messages: { content: { text: string }[]; __openclaw: { id: string } }[];
  };
  return messages.map(({ content, __openclaw }) => ({ text: content[0]?.text, id: __openclaw.id }));
}

const idOf = async (client: TestClient, text: string) =>
  (await history(client)).find((message) => message.text === text)?.id;

test("a rewind to a person's message gives it back and goes on before it, and nothing is lost", async () => {
  await using started = await startGateway({ agents: [agent] });
  const client = await connectClient(started.gateway);
  for (const text of ["one", "two"]) await converse(client, text, text);
  const rewound = await client.request("sessions.rewind", { sessionKey: "main", entryId: await idOf(client, "two") });
  expect(rewound.payload).toEqual({ editorText: "two" });
  await converse(client, "other", "three");
  expect((await history(client)).map(({ text }) => text)).toEqual(["one", "given one", "other", "given one,-,other"]);
  const gone = await client.request("chat.message.get", { sessionKey: "main", messageId: "agent:main:main#3" });
  expect(JSON.stringify(gone.payload)).toContain("two");
  const again = await connectClient(await started.restart());
  await converse(again, "last", "four");
  expect((await history(again)).at(-1)?.text).toBe("given one,-,other,-,last");
  const refused = await again.request("sessions.rewind", { sessionKey: "main", entryId: "agent:main:main#3" });
  expect(refused.error?.message).toContain("there is no entry");
});

test("a fork goes on from an answer in a session of its own", async () => {
  await using started = await startGateway({ agents: [agent] });
  const client = await connectClient(started.gateway);
  for (const text of ["one", "two"]) await converse(client, text, text);
  const entryId = await idOf(client, "given one");
  const { payload } = await client.request("sessions.fork", { sessionKey: "main", entryId });
  const { sessionKey } = payload as unknown as { sessionKey: string };
  expect(payload).toEqual({ sessionKey: expect.stringMatching(/^agent:main:dashboard:/) });
  await converse(client, "else", "three", sessionKey);
  expect((await history(client, sessionKey)).map(({ text }) => text)).toEqual([
    "one",
    "given one",
    "else",
    "given one,-,else",
  ]);
  expect(await history(client)).toHaveLength(4);
});

test("an injected message is the assistant's, without a turn, and later turns are given it", async () => {
  await using started = await startGateway({ agents: [agent] });
  const client = await connectClient(started.gateway);
  await converse(client, "one", "one");
  const injected = await client.request("chat.inject", {
    sessionKey: "main",
    message: "The build is green.",
    label: "CI",
  });
  expect(injected.payload).toEqual({ ok: true, messageId: "agent:main:main#3" });
  await converse(client, "two", "two");
  expect((await history(client)).map(({ text }) => text)).toEqual([
    "one",
    "given one",
    "[CI]\n\nThe build is green.",
    "two",
    "given one,-,-,two",
  ]);
});

test("a compaction that is asked for answers when it is done", async () => {
  const compacting: Agent = {
    ...agent,
    async *compact() {
      const message = { role: "summary", text: "NOTES", kept: 0, tokensBefore: 90, tokensAfter: 9 } as const;
      yield { type: "compaction", phase: "start", reason: "manual" };
      yield { type: "compaction", phase: "end", message };
      yield { type: "turn-end", reason: "done" };
    },
  };
  await using started = await startGateway({ agents: [compacting] });
  const client = await connectClient(started.gateway);
  expect((await client.request("sessions.compact", { key: "main" })).payload).toMatchObject({ compacted: false });
  await converse(client, "one", "one");
  const compacted = await client.request("sessions.compact", { key: "main" });
  expect(compacted.payload).toMatchObject({ ok: true, compacted: true, entry: { totalTokens: 9 } });
});
