import { createHash, createPublicKey, verify } from "node:crypto";
import { CLOSE_CODES, type ConnectParams, deviceAuthPayload, type WireError } from "@claw/protocol";
import { describe, expect, test } from "vitest";
import { type ClientOptions, createClient, type GatewayClient } from "./client.ts";
import type { DeviceStorage, StoredDevice } from "./device.ts";
import { type FakeGatewayOptions, type FakePeer, fakeGateway } from "./testing/fake-gateway.ts";
import { manualClock } from "./testing/manual-clock.ts";
import { stateLog } from "./testing/state-log.ts";

function memory(): DeviceStorage & { stored: StoredDevice | undefined } {
  return {
    stored: undefined,
    async load() {
      return this.stored;
    },
    async save(device) {
      this.stored = device;
    },
  };
}

const details = (code: string, more: object = {}): WireError => ({
  code: "INVALID_REQUEST",
  message: code,
  details: { code, ...more },
});

async function setUp(options: FakeGatewayOptions = {}, clientOptions: Partial<ClientOptions> = {}) {
  const gateway = await fakeGateway(options);
  const storage = memory();
  const states = stateLog();
  const clock = manualClock();
  const open = () =>
    createClient({ url: gateway.url, clock, device: storage, onState: states.onState, ...clientOptions });
  const clients = [open()];
  return {
    gateway,
    storage,
    states,
    clock,
    client: clients[0] as ReturnType<typeof open>,
    reopen() {
      const client = open();
      clients.push(client);
      return client;
    },
    shown: () => gateway.connects.map(({ params }) => (params as ConnectParams).auth),
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.close();
      await gateway[Symbol.asyncDispose]();
    },
  };
}

test("a device signs the challenge with a key that it keeps", async () => {
  await using world = await setUp({}, { token: "secret", scopes: ["operator.read"] });
  await world.client.ready();
  const params = world.gateway.connects[0]?.params as ConnectParams;
  const { id, publicKey, signature, signedAt, nonce = "" } = params.device ?? expect.fail("there is no device");
  expect(id).toBe(createHash("sha256").update(Buffer.from(publicKey, "base64url")).digest("hex"));
  const { client, role = "", scopes = [] } = params;
  const fields = { deviceId: id, clientId: client.id, clientMode: client.mode, role, scopes, signedAt, nonce };
  const payload = deviceAuthPayload("v3", {
    ...fields,
    token: "secret",
    platform: client.platform,
    deviceFamily: undefined,
  });
  const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey }, format: "jwk" });
  expect(verify(null, Buffer.from(payload), key, Buffer.from(signature, "base64url"))).toBe(true);
  expect({ signedAt, nonce }).toEqual({ signedAt: 1, nonce: "nonce" });

  await world.reopen().ready();
  expect(world.gateway.connects[1]?.params).toMatchObject({ device: { id } });
  const secret = world.storage.stored?.privateKey.d ?? expect.fail("nothing is stored");
  expect(JSON.stringify(world.gateway.connects)).not.toContain(secret);
});

test("a device keeps the token it is given, and shows it instead of none", async () => {
  await using world = await setUp({ deviceToken: "given" });
  await world.client.ready();
  expect(world.storage.stored?.token).toBe("given");
  await world.reopen().ready();
  expect(world.shown()).toEqual([undefined, { deviceToken: "given" }]);
});

test("a shared token goes alone until the gateway asks for the device's beside it", async () => {
  await using world = await setUp(
    {
      deviceToken: "given",
      onConnect: ({ params }) =>
        (params as ConnectParams).auth?.deviceToken === undefined && world.gateway.connects.length > 1
          ? details("AUTH_TOKEN_MISMATCH", { recommendedNextStep: "retry_with_device_token" })
          : "admit",
    },
    { token: "shared" },
  );
  await world.client.ready();
  await world.reopen().ready();
  const both = { token: "shared", deviceToken: "given" };
  expect(world.shown()).toEqual([{ token: "shared" }, { token: "shared" }, both]);
});

const granted = async (client: GatewayClient) => (await client.ready()).auth.scopes;

test("a password is shown with its user once, and forgotten when the device has a token of its own", async () => {
  const signIn = { user: "ada", password: "sesame" };
  const scopes = ["operator.read", "operator.write", "operator.admin"] as const;
  await using world = await setUp({ deviceToken: "given" }, { ...signIn, scopes });
  await world.client.ready();
  world.gateway.peers[0]?.socket.close(1012);
  world.clock.advance((await world.states.next("reconnecting")).nextDelayMs);
  await world.client.ready();
  expect(world.shown()).toEqual([signIn, { deviceToken: "given" }]);
  const asked = world.gateway.connects.map(({ params }) => (params as ConnectParams).scopes);
  expect(asked).toEqual([["operator.read", "operator.write", "operator.admin"], await granted(world.client)]);
  expect(JSON.stringify(world.storage.stored)).not.toContain("sesame");
});

test("a password that is wrong is told, and the device's token does not take its place", async () => {
  const refusal = details("AUTH_PASSWORD_MISMATCH", { recommendedNextStep: "retry_with_device_token" });
  const wrong = (params: unknown) => (params as ConnectParams).auth?.password === "wrong";
  await using world = await setUp(
    { deviceToken: "given", onConnect: ({ params }) => (wrong(params) ? refusal : "admit") },
    { user: "ada", password: "right" },
  );
  await world.client.ready();
  const again = { url: world.gateway.url, device: world.storage, user: "ada", password: "wrong" };
  const client = createClient(again);
  await expect(client.ready()).rejects.toMatchObject({ details: { code: "AUTH_PASSWORD_MISMATCH" } });
  expect(world.shown()).toHaveLength(2);
});

test("without a device a password is shown at every connection", async () => {
  const gateway = await fakeGateway();
  await using _closed = gateway;
  const states = stateLog();
  const clock = manualClock();
  const { onState } = states;
  const client = createClient({ url: gateway.url, clock, onState, user: "ada", password: "sesame" });
  await client.ready();
  gateway.peers[0]?.socket.close(1012);
  clock.advance((await states.next("reconnecting")).nextDelayMs);
  await client.ready();
  client.close();
  const shown = gateway.connects.map(({ params }) => (params as ConnectParams).auth);
  expect(shown).toEqual([1, 2].map(() => ({ user: "ada", password: "sesame" })));
});

test("without a device token there is nothing to retry with", async () => {
  const refusal = details("AUTH_TOKEN_MISMATCH", { recommendedNextStep: "retry_with_device_token" });
  await using world = await setUp({ onConnect: () => refusal }, { token: "wrong" });
  await expect(world.client.ready()).rejects.toMatchObject({ details: { code: "AUTH_TOKEN_MISMATCH" } });
  expect(world.shown()).toHaveLength(1);
});

test("a token that holds no more is dropped, and the device asks anew without one", async () => {
  await using world = await setUp({
    deviceToken: "given",
    onConnect: ({ params }) =>
      (params as ConnectParams).auth?.deviceToken === "stale" ? details("AUTH_DEVICE_TOKEN_MISMATCH") : "admit",
  });
  await world.client.ready();
  const { privateKey } = world.storage.stored ?? expect.fail("nothing is stored");
  world.storage.stored = { privateKey, token: "stale" };
  await world.reopen().ready();
  expect(world.shown().slice(1)).toEqual([{ deviceToken: "stale" }, undefined]);
  expect(world.storage.stored.token).toBe("given");
});

test("a device that waits for approval tries again when it was told to", async () => {
  const waits: WireError = {
    code: "NOT_PAIRED",
    message: "pairing required",
    details: { code: "PAIRING_REQUIRED", requestId: "r", recommendedNextStep: "wait_then_retry" },
    retryable: true,
    retryAfterMs: 5_000,
  };
  await using world = await setUp({ onConnect: () => (world.gateway.connects.length === 1 ? waits : "admit") });
  const { nextDelayMs, error } = await world.states.next("reconnecting");
  expect(nextDelayMs).toBe(5_000);
  expect(error?.details).toMatchObject({ requestId: "r" });
  world.clock.advance(nextDelayMs);
  await world.client.ready();
});

describe("a device whose connection is closed with 4001", () => {
  const closing = async (onConnect: (world: { readonly connects: number }) => "admit" | WireError) => {
    const world = await setUp({
      deviceToken: "given",
      onConnect: () => onConnect({ connects: world.gateway.connects.length }),
    });
    await world.client.ready();
    (world.gateway.peers[0] as FakePeer).socket.close(CLOSE_CODES.authInvalidated, "device token revoked");
    world.clock.advance((await world.states.next("reconnecting")).nextDelayMs);
    return world;
  };

  test("comes back when its token holds", async () => {
    await using world = await closing(() => "admit");
    await world.states.next("connected");
  });

  test("stays out when its token was taken away, and asks nobody again by itself", async () => {
    await using world = await closing(({ connects }) =>
      connects === 1 ? "admit" : details("AUTH_DEVICE_TOKEN_MISMATCH"),
    );
    const { error } = await world.states.next("closed");
    expect(error?.details).toMatchObject({ code: "AUTH_DEVICE_TOKEN_MISMATCH" });
    expect(world.storage.stored).toEqual({ privateKey: expect.anything() });
    expect(world.shown()).toHaveLength(2);
  });
});

test("a storage that can't be read ends the client with what is wrong", async () => {
  await using gateway = await fakeGateway();
  const device: DeviceStorage = { load: () => Promise.reject(new Error("locked")), save: async () => {} };
  const client = createClient({ url: gateway.url, device });
  await expect(client.ready()).rejects.toMatchObject({ code: "CLIENT_NO_DEVICE", cause: { message: "locked" } });
});
