import { CLOSE_CODES } from "@claw/protocol";
import { expect, test } from "vitest";
import { createClient } from "./client.ts";
import { type FakeGatewayOptions, type FakePeer, fakeGateway } from "./testing/fake-gateway.ts";
import { manualClock } from "./testing/manual-clock.ts";
import { stateLog } from "./testing/state-log.ts";

async function setUp(options: FakeGatewayOptions = {}) {
  const gateway = await fakeGateway(options);
  const clock = manualClock();
  const states = stateLog();
  const client = createClient({ url: gateway.url, clock, onState: states.onState, token: "secret" });
  return {
    gateway,
    clock,
    states,
    client,
    async [Symbol.asyncDispose]() {
      client.close();
      await gateway[Symbol.asyncDispose]();
    },
  };
}

test("a lost connection rejects what is open and comes back with its listeners", async () => {
  await using world = await setUp({
    onRequest: (_, peer) => peer.socket.close(CLOSE_CODES.restart, "service restart"),
  });
  const { client, gateway, clock, states } = world;
  await client.ready();
  const tick = Promise.withResolvers<unknown>();
  client.on("tick", tick.resolve);

  await expect(client.request("health", {})).rejects.toMatchObject({
    code: "CLIENT_DISCONNECTED",
    retryable: true,
    message: expect.stringContaining("before health was answered (service restart)"),
  });
  const { attempt, nextDelayMs, reason } = await states.next("reconnecting");
  expect({ attempt, reason }).toEqual({ attempt: 1, reason: "service restart" });
  expect(nextDelayMs).toBeLessThanOrEqual(500);
  await expect(client.request("health", {})).rejects.toMatchObject({
    message: "health was not sent: the client is reconnecting",
  });

  clock.advance(nextDelayMs);
  await states.next("connected");
  (gateway.peers[1] as FakePeer).event("tick", { ts: 1 });
  expect(await tick.promise).toEqual({ ts: 1 });
});

test("attempts grow while connections fail at once, and begin again after one that held", async () => {
  await using world = await setUp();
  const { gateway, clock, states } = world;
  for (const attempt of [1, 2, 3]) {
    await states.next("connected");
    (gateway.peers.at(-1) as FakePeer).socket.close(CLOSE_CODES.policy, "slow consumer");
    const state = await states.next("reconnecting");
    expect(state).toMatchObject({ attempt, reason: "slow consumer" });
    clock.advance(state.nextDelayMs);
  }
  await states.next("connected");
  clock.advance(10_000);
  (gateway.peers.at(-1) as FakePeer).socket.terminate();
  expect(await states.next("reconnecting")).toMatchObject({ attempt: 1, reason: "the connection was lost" });
});

test("a refused credential ends the client with the gateway's reason", async () => {
  const error = { code: "FORBIDDEN", message: "token mismatch", details: { code: "AUTH_TOKEN_MISMATCH" } };
  await using world = await setUp({ onConnect: () => error });
  await expect(world.client.ready()).rejects.toMatchObject({ name: "GatewayError", ...error });
  expect(world.client.state).toMatchObject({
    status: "closed",
    code: CLOSE_CODES.policy,
    reason: "token mismatch",
    error,
  });
  world.clock.advance(60_000);
  expect(world.gateway.connects).toHaveLength(1);
  await expect(world.client.request("health", {})).rejects.toMatchObject({ retryable: false });
});

test("a gateway that is still starting is asked again after what it asked for", async () => {
  let refusals = 1;
  const starting = { code: "UNAVAILABLE", message: "starting", retryable: true, retryAfterMs: 3_000 };
  await using world = await setUp({ onConnect: () => (refusals-- > 0 ? starting : "admit") });
  const { nextDelayMs } = await world.states.next("reconnecting");
  expect(nextDelayMs).toBe(3_000);
  world.clock.advance(nextDelayMs);
  await world.states.next("connected");
});

test("a policy close before hello, without an answer, ends the client", async () => {
  await using world = await setUp({
    onConnect(_, peer) {
      peer.socket.close(CLOSE_CODES.policy, "proxy_attribution_required");
      return "ignore";
    },
  });
  expect(await world.states.next("closed")).toMatchObject({ reason: "proxy_attribution_required" });
});

test("a credential that stops holding ends the client", async () => {
  await using world = await setUp();
  await world.client.ready();
  (world.gateway.peers[0] as FakePeer).socket.close(CLOSE_CODES.authInvalidated, "token rotated");
  expect(await world.states.next("closed")).toMatchObject({
    code: CLOSE_CODES.authInvalidated,
    reason: "token rotated",
  });
});

test("silence for two ticks closes with 4000 and reconnects; any frame counts as a sign of life", async () => {
  await using world = await setUp();
  const { client, gateway, clock, states } = world;
  await client.ready();
  const [peer] = gateway.peers as [FakePeer];
  const heard = Promise.withResolvers<unknown>();
  client.on("tick", heard.resolve);
  clock.advance(59_000);
  peer.event("tick", { ts: 1 });
  await heard.promise;
  clock.advance(59_000);
  expect(client.state.status).toBe("connected");
  const closed = new Promise((resolve) => peer.socket.once("close", resolve));
  clock.advance(1_000);
  expect(await states.next("reconnecting")).toMatchObject({ reason: "nothing from the gateway for 60000 ms" });
  expect(await closed).toBe(CLOSE_CODES.timeout);
});

test("a gateway that never answers connect is given up after 15 s", async () => {
  const asked = Promise.withResolvers<void>();
  await using world = await setUp({
    onConnect() {
      asked.resolve();
      return "ignore";
    },
  });
  await asked.promise;
  world.clock.advance(15_000);
  expect(await world.states.next("reconnecting")).toMatchObject({
    reason: "no hello from the gateway within 15000 ms",
  });
});

test.each([
  ["welcome!", "invalid frame: expected JSON"],
  [new Uint8Array([1, 2]), "expected a text frame, found a binary one"],
  ['{"type":"event","event":"tick"}', "expected connect.challenge with a nonce as the first frame"],
  ['{"type":"event","event":"connect.challenge","payload":{"nonce":""}}', "expected connect.challenge with a nonce"],
])("a server that opens with %s is not sent the token", async (greeting, reason) => {
  await using world = await setUp({ greeting });
  expect((await world.states.next("reconnecting")).reason).toContain(reason);
  expect(world.gateway.connects).toEqual([]);
});

test("without reconnect an unreachable gateway ends the client", async () => {
  const gateway = await fakeGateway();
  await gateway[Symbol.asyncDispose]();
  const client = createClient({ url: gateway.url, reconnect: false });
  await expect(client.ready()).rejects.toMatchObject({
    code: "CLIENT_DISCONNECTED",
    message: "the gateway can't be reached",
  });
});

test("closing rejects what is open, tells the gateway and stays closed", async () => {
  const arrived = Promise.withResolvers<FakePeer>();
  await using world = await setUp({ onRequest: (_, peer) => arrived.resolve(peer) });
  const { client, clock, gateway } = world;
  await client.ready();
  const open = expect(client.request("health", {})).rejects.toMatchObject({ code: "CLIENT_DISCONNECTED" });
  const { socket } = await arrived.promise;
  const closed = new Promise((resolve) => socket.once("close", resolve));
  client.close();
  client.close();
  await open;
  expect(await closed).toBe(CLOSE_CODES.normal);
  clock.advance(60_000);
  expect(gateway.connects).toHaveLength(1);
  await expect(client.ready()).rejects.toMatchObject({ message: "closed by the client" });
});

test("a request that is not answered in time rejects", async () => {
  const arrived = Promise.withResolvers<void>();
  await using world = await setUp({ onRequest: () => arrived.resolve() });
  await world.client.ready();
  const request = expect(world.client.request("health", {}, { timeoutMs: 1_000 })).rejects.toMatchObject({
    code: "CLIENT_TIMEOUT",
    message: "health was not answered within 1000 ms",
  });
  await arrived.promise;
  world.clock.advance(1_000);
  await request;
});
