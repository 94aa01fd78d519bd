import { createHash, createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import { GatewayClient, type GatewayClientOptions } from "@openclaw/gateway-client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FakeModel, say, startFakeModel } from "./harness/fake-model.ts";
import { type RunningGateway, startGateway } from "./harness/gateway.ts";

// The published reference client, unchanged, as a device of our gateway.

let model: FakeModel;
let gateway: RunningGateway;

beforeAll(async () => {
  model = await startFakeModel(say("Hello", " from the fake."));
  gateway = await startGateway({ config: model.config });
});

afterAll(async () => {
  await gateway?.[Symbol.asyncDispose]();
  await model?.[Symbol.asyncDispose]();
});

type Stored = Parameters<NonNullable<NonNullable<GatewayClientOptions["hostDeps"]>["storeDeviceAuthToken"]>>[0];

/** A machine: a key, and a place for the token that it is given. */
function machine() {
  const { publicKey, privateKey } = generateKeyPairSync("ed25519");
  const raw = Buffer.from(publicKey.export({ format: "jwk" }).x ?? "", "base64url");
  const deviceIdentity = {
    deviceId: createHash("sha256").update(raw).digest("hex"),
    publicKeyPem: publicKey.export({ type: "spki", format: "pem" }).toString(),
    privateKeyPem: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
  const kept: { token: Stored | undefined } = { token: undefined };
  const hostDeps: GatewayClientOptions["hostDeps"] = {
    signDevicePayload: (pem, payload) => sign(null, Buffer.from(payload), pem).toString("base64url"),
    publicKeyRawBase64UrlFromPem: (pem) => createPublicKey(pem).export({ format: "jwk" }).x ?? "",
    loadDeviceAuthToken: () => (kept.token === undefined ? null : { ...kept.token, scopes: kept.token.scopes ?? [] }),
    storeDeviceAuthToken: (token) => {
      kept.token = token;
    },
    clearDeviceAuthToken: () => {
      kept.token = undefined;
    },
  };
  return { id: deviceIdentity.deviceId, kept, options: { deviceIdentity, hostDeps } };
}

type Refusal = Error & { readonly details?: Readonly<Record<string, unknown>> };

/** A client that has been let in, or the first thing that kept it out. */
function open(options: GatewayClientOptions) {
  const admitted = Promise.withResolvers<Parameters<NonNullable<GatewayClientOptions["onHelloOk"]>>[0]>();
  const refused = Promise.withResolvers<Refusal>();
  const closed = Promise.withResolvers<number>();
  const answered = Promise.withResolvers<unknown>();
  const client = new GatewayClient({
    url: gateway.webSocketUrl,
    ...options,
    onHelloOk: admitted.resolve,
    onConnectError: (error) => refused.resolve(error),
    onClose: (code) => closed.resolve(code),
    onEvent({ event, payload }) {
      if (event === "chat" && (payload as { readonly state?: string }).state === "final") answered.resolve(payload);
    },
  });
  client.start();
  return {
    client,
    admitted: admitted.promise,
    refused: refused.promise,
    closed: closed.promise,
    answered: answered.promise,
    [Symbol.dispose]: () => client.stop(),
  };
}

test("a device with the shared token is given one of its own, and comes back with that alone", async () => {
  const { id, kept, options } = machine();
  const scopes = ["operator.read", "operator.write"];
  {
    using first = open({ ...options, token: gateway.token, scopes });
    const { auth } = await first.admitted;
    expect(auth).toMatchObject({ role: "operator", scopes });
    expect(kept.token).toMatchObject({ deviceId: id, role: "operator", scopes });
  }
  using again = open(options);
  expect((await again.admitted).auth).toMatchObject({ role: "operator", scopes });
  expect(await again.client.request("status", {})).toMatchObject({ runtimeVersion: expect.any(String) });
  await again.client.request("chat.send", { sessionKey: "main", message: "hello there", idempotencyKey: "reference" });
  expect(await again.answered).toMatchObject({ message: { content: [{ text: "Hello from the fake." }] } });
});

test("a device without anything waits, is let in after its approval, and is closed when its token is revoked", async () => {
  const { id, kept, options } = machine();
  using waiting = open({ ...options, scopes: ["operator.read"] });
  const { details } = await waiting.refused;
  expect(details).toMatchObject({ code: "PAIRING_REQUIRED", reason: "not-paired", deviceId: id });

  const operator = await gateway.connect();
  await operator.request("device.pair.approve", { requestId: String(details?.["requestId"]) });
  expect((await waiting.admitted).auth).toMatchObject({ scopes: ["operator.read"] });
  expect(kept.token).toBeDefined();
  waiting.client.stop();

  using again = open(options);
  await again.admitted;
  await operator.request("device.token.revoke", { deviceId: id, role: "operator" });
  operator.close();
  expect(await again.closed).toBe(4001);
  using revoked = open(options);
  expect((await revoked.refused).details).toMatchObject({ code: "AUTH_DEVICE_TOKEN_MISMATCH" });
  expect(kept.token).toBeUndefined();
});

test("a wrong shared token falls back to the device's own", async () => {
  const { options } = machine();
  {
    using first = open({ ...options, token: gateway.token, scopes: ["operator.read"] });
    await first.admitted;
  }
  using stale = open({ ...options, token: "not-the-token", scopes: ["operator.read"] });
  expect((await stale.refused).details).toMatchObject({
    code: "AUTH_TOKEN_MISMATCH",
    recommendedNextStep: "retry_with_device_token",
  });
  expect((await stale.admitted).auth).toMatchObject({ scopes: ["operator.read"] });
});
