import type { ResetWhen } from "@claw/core";
import { expect, test } from "vitest";
import { connectClient, type TestClient } from "./connect.fixture.ts";
import { startGateway } from "./gateway.fixture.ts";
import type { ResetRules } from "./options.ts";
import { lastText, scriptedAgent } from "./script.fixture.ts";

/** Says what it was given; `wait` waits for the door first. */
function recitingAgent(door: Promise<void> = Promise.resolve()) {
  return scriptedAgent(async function* ({ messages, signal }) {
    const heard = messages.map((message) => (message.role === "tool" ? message.output : message.text));
    if (lastText(messages) === "wait") {
      yield "waiting";
      await Promise.race([door, new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }))]);
    }
    yield `heard ${heard.filter((text) => !text.includes("heard")).join(",")}`;
  });
}

const onSlash: ResetRules = ({ text }) =>
  text.startsWith("/new ") ? { text: text.slice(5), reset: "always" } : { text };

async function ask(client: TestClient, message: string): Promise<string | undefined> {
  await client.request("chat.send", { sessionKey: "main", message, idempotencyKey: message });
  return answerTo(client, message);
}

async function answerTo(client: TestClient, run: string): Promise<string | undefined> {
  const { payload } = await client.frame(
    ({ event, payload: chat }) =>
      event === "chat" && (chat as { runId?: string; state?: string } | undefined)?.runId === run && isFinal(chat),
  );
  const { message } = payload as unknown as { message?: { content: [{ text: string }] } };
  return message?.content[0].text;
}

function isFinal(chat: unknown): boolean {
  return (chat as { state?: string }).state === "final";
}

test("a message that starts its session over is the first its agent is given, and the history stays", async () => {
  await using started = await startGateway({ agents: [recitingAgent()], resets: onSlash });
  const client = await connectClient(started.gateway);
  expect(await ask(client, "one")).toBe("heard one");
  expect(await ask(client, "two")).toBe("heard one,two");
  expect(await ask(client, "/new three")).toBe("heard three");
  expect(await ask(client, "four")).toBe("heard three,four");
  const { payload } = await client.request("chat.history", { sessionKey: "main" });
  expect((payload as unknown as { messages: unknown[] }).messages).toHaveLength(8);
});

test("what waits or runs when its session starts over keeps its own words, also through a crash", async () => {
  const agents = [recitingAgent(new Promise(() => {}))] as const;
  await using started = await startGateway({ agents, resets: onSlash });
  const client = await connectClient(started.gateway);
  await ask(client, "before");
  const send = (message: string) =>
    client.request("chat.send", { sessionKey: "main", message, idempotencyKey: message, queueMode: "followup" });
  await send("wait");
  await client.frame((frame) => JSON.stringify(frame).includes('"waiting"'));
  await send("behind");
  await send("/new after");

  const again = await connectClient(await started.restart({ agents: [recitingAgent()], resets: onSlash }));
  await again.request("agent.wait", { runId: "/new after" });
  const { payload } = await again.request("chat.history", { sessionKey: "main" });
  const { messages } = payload as unknown as { messages: { role: string; content: { text: string }[] }[] };
  expect(messages.filter(({ role }) => role === "assistant").map(({ content }) => content[0]?.text)).toEqual([
    "heard before",
    "waitingheard wait",
    "heard behind",
    "heard after",
  ]);
});

test("only people's messages start a session over, and no call of a tool does", async () => {
  const asked: string[] = [];
  const always: ResetRules = ({ text }) => {
    asked.push(text);
    const reset: ResetWhen = "always";
    return { text, reset };
  };
  const node = { id: "cron", kind: "service", tenant: "local", scopes: ["admin"], credential: "cron" } as const;
  const authenticate = async () => ({ ok: true, principal: node }) as const;
  await using started = await startGateway({ agents: [recitingAgent()], resets: always, authenticate });
  const client = await connectClient(started.gateway);
  expect(await ask(client, "one")).toBe("heard one");
  expect(await ask(client, "two")).toBe("heard one,two");
  expect(asked).toEqual([]);
});
