import type { AgentAccepted, AgentFinal, EventPayloads } from "@claw/protocol";
import { expect, test } from "vitest";
import { type ClientOptions, createClient } from "./client.ts";
import { type FakePeer, fakeGateway } from "./testing/fake-gateway.ts";

async function connected(url: string, options: Partial<ClientOptions> = {}) {
  const client = createClient({ url, ...options });
  await client.ready();
  return { client, [Symbol.dispose]: () => client.close() };
}

test("the client answers the challenge with its token in the frame and gets hello", async () => {
  await using gateway = await fakeGateway();
  using session = await connected(gateway.url, {
    token: "secret",
    scopes: ["operator.read"],
    clientInfo: { id: "openclaw-control-ui", mode: "ui", version: "9" },
  });
  expect(session.client.state).toMatchObject({ status: "connected", hello: { server: { version: "test" } } });
  expect(gateway.connects).toMatchObject([
    {
      params: {
        minProtocol: 4,
        maxProtocol: 4,
        client: { id: "openclaw-control-ui", mode: "ui", version: "9", platform: expect.stringMatching(/./) },
        scopes: ["operator.read"],
        caps: ["tool-events"],
        auth: { token: "secret" },
      },
    },
  ]);
});

test("answers find their requests in any order", async () => {
  const held: (() => void)[] = [];
  await using gateway = await fakeGateway({
    onRequest(frame, peer) {
      held.unshift(() => peer.send({ type: "res", id: frame.id, ok: true, payload: frame.params }));
      if (held.length === 2) for (const answer of held) answer();
    },
  });
  using session = await connected(gateway.url);
  const answers = await Promise.all([
    session.client.request("runs.get", { runId: "a" }),
    session.client.request("runs.get", { runId: "b" }),
  ]);
  expect(answers).toEqual([{ runId: "a" }, { runId: "b" }]);
});

test("a refusal rejects with the gateway's code, details and hints", async () => {
  const error = {
    code: "UNAVAILABLE",
    message: "starting",
    details: { code: "UNKNOWN_AGENT_ID" },
    retryable: true,
    retryAfterMs: 500,
  };
  await using gateway = await fakeGateway({
    onRequest: ({ id }, peer) => peer.send({ type: "res", id, ok: false, error }),
  });
  using session = await connected(gateway.url);
  await expect(session.client.request("health", {})).rejects.toMatchObject({ name: "GatewayError", ...error });
});

test("agent is answered twice: by default the first answer counts, with expectFinal the last", async () => {
  const accepted: AgentAccepted = {
    status: "accepted",
    runId: "k",
    sessionKey: "agent:main:main",
    agentId: "main",
    acceptedAt: 1,
  };
  const final: AgentFinal = { status: "ok", runId: "k", summary: "completed" };
  await using gateway = await fakeGateway({
    onRequest({ id }, peer) {
      peer.send({ type: "res", id, ok: true, payload: accepted });
      peer.send({ type: "res", id, ok: true, payload: final });
    },
  });
  using session = await connected(gateway.url);
  const params = { message: "hi", idempotencyKey: "k" };
  expect(await session.client.request("agent", params)).toEqual(accepted);
  expect(await session.client.request("agent", params, { expectFinal: true })).toEqual(final);
});

test("an aborted request rejects at once and its late answer harms nothing", async () => {
  const arrived = Promise.withResolvers<() => void>();
  await using gateway = await fakeGateway({
    onRequest({ id, method, params }, peer) {
      if (method === "runs.get") arrived.resolve(() => peer.send({ type: "res", id, ok: true }));
      else peer.send({ type: "res", id, ok: true, payload: params });
    },
  });
  using session = await connected(gateway.url);
  const abort = new AbortController();
  const request = session.client.request("runs.get", { runId: "a" }, { signal: abort.signal });
  const answer = await arrived.promise;
  abort.abort("enough");
  await expect(request).rejects.toMatchObject({ code: "CLIENT_ABORTED", cause: "enough" });
  answer();
  expect(await session.client.request("health", {})).toEqual({});
  await expect(session.client.request("health", {}, { signal: abort.signal })).rejects.toMatchObject({
    code: "CLIENT_ABORTED",
  });
});

test("a request that can't be framed rejects and leaves the connection alone", async () => {
  await using gateway = await fakeGateway({
    maxPayload: 200,
    onRequest: ({ id }, peer) => peer.send({ type: "res", id, ok: true, payload: {} }),
  });
  using session = await connected(gateway.url);
  const big = { sessionKey: "s", idempotencyKey: "k", message: "é".repeat(100) };
  await expect(session.client.request("chat.send", big)).rejects.toMatchObject({
    code: "CLIENT_INVALID_REQUEST",
    message: "chat.send is larger than the 200 bytes that the gateway takes: send less at once",
  });
  const attachments: unknown[] = [1n];
  await expect(session.client.request("chat.send", { ...big, attachments })).rejects.toMatchObject({
    code: "CLIENT_INVALID_REQUEST",
  });
  expect(await session.client.request("health", {})).toEqual({});
});

test("events reach their listeners until these leave, and a gap in their count is reported", async () => {
  await using gateway = await fakeGateway();
  const gaps: unknown[] = [];
  using session = await connected(gateway.url, { onGap: (gap) => gaps.push(gap) });
  const [peer] = gateway.peers as [FakePeer];
  const ticks: EventPayloads["tick"][] = [];
  const off = session.client.on("tick", (payload) => ticks.push(payload));
  const shutdown = Promise.withResolvers<EventPayloads["shutdown"]>();
  session.client.on("shutdown", shutdown.resolve);
  const left = Promise.withResolvers<void>();
  session.client.on("presence", () => {
    off();
    left.resolve();
  });

  peer.event("tick", { ts: 1 }, 7);
  peer.event("tick", { ts: 2 }, 8);
  peer.event("presence", { presence: [] }, 9);
  await left.promise;
  peer.event("tick", { ts: 3 }, 12);
  peer.event("shutdown", { reason: "update" }, 13);
  expect(await shutdown.promise).toEqual({ reason: "update" });
  expect(ticks).toEqual([{ ts: 1 }, { ts: 2 }]);
  expect(gaps).toEqual([{ expected: 10, received: 12 }]);
});

test.each([
  "http://127.0.0.1/",
  "ws://user:pass@127.0.0.1/",
  "ws://127.0.0.1/?token=secret",
  "ws://127.0.0.1/#secret",
  "nonsense",
])("%s is refused without being repeated", (url) => {
  expect(() => createClient({ url })).toThrowError(/^expected a ws: or wss: URL/);
});
