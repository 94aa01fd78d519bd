import { GatewayError } from "@claw/client";
import type { ChatHistory } from "@claw/protocol";
import { expect, test } from "vitest";
import type { PendingMessage } from "./conversation.ts";
import { type ConversationStore, createConversationStore } from "./conversation-store.ts";
import type { OutboxEntry } from "./outbox.ts";

type Answer = unknown | Error;
interface Call {
  readonly method: string;
  readonly params: { readonly idempotencyKey?: string; readonly message?: string };
  answer(answer: Answer): void;
}

/** A store whose requests the test answers one by one. */
function setUp(kept: readonly OutboxEntry[] = []) {
  const calls: Call[] = [];
  const arrivals: ((call: Call) => void)[] = [];
  const written: (readonly PendingMessage[])[] = [];
  let lastId = 0;
  const store = createConversationStore({
    sessionKey: "agent:main:main",
    request: ((method: string, params: Call["params"]) =>
      new Promise((resolve, reject) => {
        const answer = (value: Answer) => (value instanceof Error ? reject(value) : resolve(value));
        const call = { method, params, answer };
        const arrival = arrivals.shift();
        if (arrival === undefined) calls.push(call);
        else arrival(call);
      })) as never,
    outbox: { read: () => kept, write: (_, pending) => written.push(pending) },
    now: () => 0,
    newId: () => `id${++lastId}`,
    beforePaint: (callback) => callback(),
    retryMs: 0,
  });
  const next = (): Promise<Call> => {
    const call = calls.shift();
    return call === undefined ? new Promise((resolve) => arrivals.push(resolve)) : Promise.resolve(call);
  };
  return { store, next, written };
}

const empty: ChatHistory = {
  sessionKey: "agent:main:main",
  sessionId: "s1",
  messages: [],
  hasMore: false,
  sessionInfo: { hasActiveRun: false, activeRunIds: [] },
};
const lost = new GatewayError("CLIENT_DISCONNECTED", "lost", { retryable: true });
const pendingOf = (store: ConversationStore) => store.read().pending.map(({ runId, state }) => `${runId} ${state}`);

async function connect({ store, next }: ReturnType<typeof setUp>): Promise<void> {
  store.connected();
  const call = await next();
  expect(call.method).toBe("chat.history");
  call.answer(empty);
}

test("a message whose acknowledgement was lost is sent again under the same key, once there is a connection", async () => {
  const page = setUp();
  await connect(page);
  page.store.send("hello");
  const first = await page.next();
  page.store.disconnected();
  first.answer(lost);
  await new Promise(setImmediate);
  page.store.connected();
  const again = [await page.next(), await page.next()].find(({ method }) => method === "chat.send");
  expect(again?.params).toEqual(first.params);
  again?.answer({ runId: "id1", status: "in_flight" });
  await expect.poll(() => pendingOf(page.store)).toEqual(["id1 accepted"]);
});

test("messages written without a connection go out in order, one after the other", async () => {
  const page = setUp();
  page.store.send("one");
  page.store.send("two");
  await connect(page);
  const first = await page.next();
  expect(first.params).toMatchObject({ message: "one", idempotencyKey: "id1" });
  first.answer({ runId: "id1", status: "started" });
  expect((await page.next()).params).toMatchObject({ message: "two", idempotencyKey: "id2" });
});

test("a message that an earlier visit could not send is there and goes out", async () => {
  const page = setUp([{ runId: "kept", text: "hello", sentAtMs: 1 }]);
  expect(pendingOf(page.store)).toEqual(["kept waiting"]);
  await connect(page);
  expect((await page.next()).params).toMatchObject({ message: "hello", idempotencyKey: "kept" });
});

test("a message that the gateway refuses is not sent again by itself", async () => {
  const page = setUp();
  await connect(page);
  page.store.send("hello");
  (await page.next()).answer(new GatewayError("FORBIDDEN", "missing scope"));
  await expect.poll(() => pendingOf(page.store)).toEqual(["id1 refused"]);
  page.store.retry("id1");
  expect((await page.next()).params.idempotencyKey).toBe("id1");
});

test("what is pending is kept for the next visit", async () => {
  const page = setUp();
  page.store.send("hello");
  expect(page.written.at(-1)).toMatchObject([{ runId: "id1", text: "hello", state: "waiting" }]);
});

test("history is read again after events were missed, also when a read fails", async () => {
  const page = setUp();
  await connect(page);
  await expect.poll(() => page.store.read().loaded).toBe(true);
  page.store.dispatch({ type: "missed" });
  (await page.next()).answer(lost);
  (await page.next()).answer(empty);
  await expect.poll(() => page.store.read().stale).toBe(false);
});

test("a read that can't succeed says so and stops", async () => {
  const page = setUp();
  page.store.connected();
  (await page.next()).answer(new GatewayError("FORBIDDEN", "missing scope: operator.read"));
  await expect.poll(() => page.store.read().problem).toBe("missing scope: operator.read");
});
