import { type ConnectParams, DEVICE_SIGNATURE_SKEW_MS } from "@claw/protocol";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ConnectAsDevice, testDevice } from "../device.fixture.ts";
import { startGateway } from "../gateway.fixture.ts";
import { proveDevice } from "./prove-device.ts";

const secret = { token: "secret" };

test.each(["v3", "v2"] as const)("a device that signs payload %s is let in", async (version) => {
  await using started = await startGateway();
  const { answer } = await testDevice().connect(started.gateway, { auth: secret, version });
  expect(answer.ok).toBe(true);
});

describe("a device is refused", () => {
  const other = "0".repeat(64);
  const cases: readonly (readonly [string, ConnectAsDevice, string, string])[] = [
    [
      "whose id is another key's",
      { tamper: (device) => ({ ...device, id: other }) },
      "DEVICE_ID_MISMATCH",
      "device-id-mismatch",
    ],
    [
      "whose key is none",
      { tamper: (device) => ({ ...device, publicKey: "AAAA" }) },
      "PUBLIC_KEY_INVALID",
      "device-public-key",
    ],
    [
      "whose key is written in another way",
      { tamper: (device) => ({ ...device, publicKey: `${device.publicKey}=` }) },
      "PUBLIC_KEY_INVALID",
      "device-public-key",
    ],
    ["without a nonce", { tamper: ({ nonce: _, ...device }) => device }, "NONCE_REQUIRED", "device-nonce-missing"],
    [
      "with another socket's nonce",
      { tamper: (device) => ({ ...device, nonce: "n" }) },
      "NONCE_MISMATCH",
      "device-nonce-mismatch",
    ],
    [
      "that signed too long ago",
      { tamper: (device) => ({ ...device, signedAt: device.signedAt - DEVICE_SIGNATURE_SKEW_MS - 60_000 }) },
      "SIGNATURE_EXPIRED",
      "device-signature-stale",
    ],
    [
      "that signs for later",
      { tamper: (device) => ({ ...device, signedAt: device.signedAt + DEVICE_SIGNATURE_SKEW_MS + 60_000 }) },
      "SIGNATURE_EXPIRED",
      "device-signature-stale",
    ],
    [
      "that signed another time",
      { tamper: (device) => ({ ...device, signedAt: device.signedAt + 1 }) },
      "SIGNATURE_INVALID",
      "device-signature",
    ],
    [
      "whose signature is none",
      { tamper: (device) => ({ ...device, signature: "AAAA" }) },
      "SIGNATURE_INVALID",
      "device-signature",
    ],
  ];
  test.each(cases)("%s, and the secret beside it does not help", async (_, options, code, reason) => {
    await using started = await startGateway();
    const { answer, details, closed } = await testDevice().connect(started.gateway, { ...options, auth: secret });
    expect(answer.error?.code).toBe("INVALID_REQUEST");
    expect(details).toEqual({ code: `DEVICE_AUTH_${code}`, reason });
    expect((await closed).code).toBe(1008);
  });
});

const client = { id: "test", version: "1", platform: "linux", mode: "test" } as const;

test.each<readonly [string, Partial<ConnectParams>]>([
  ["role", { role: "node" }],
  ["scopes", { scopes: ["operator.admin"] }],
  ["client", { client: { ...client, id: "cli" } }],
  ["mode", { client: { ...client, mode: "ui" } }],
  ["token", { auth: { token: "other" } }],
  ["platform", { client: { ...client, platform: "windows" } }],
  ["family", { client: { ...client, deviceFamily: "watch" } }],
])("a signature is bound to the %s", async (_, sent) => {
  await using started = await startGateway();
  const { details } = await testDevice().connect(started.gateway, { auth: secret, sent });
  expect(details).toMatchObject({ code: "DEVICE_AUTH_SIGNATURE_INVALID" });
});

test("whatever a client sends as its device, the answer is a refusal and no throw", () => {
  const challenge = { nonce: "n", now: new Date(0) };
  const device = fc.record({
    id: fc.string(),
    publicKey: fc.oneof(
      fc.string(),
      fc.uint8Array({ minLength: 32, maxLength: 32 }).map((bytes) => Buffer.from(bytes).toString("base64url")),
    ),
    signature: fc.string(),
    signedAt: fc.nat(1_000),
    nonce: fc.constantFrom("n", "", "m"),
  });
  fc.assert(
    fc.property(device, (one) => {
      expect(proveDevice(one, { minProtocol: 4, maxProtocol: 4, client }, challenge).ok).toBe(false);
    }),
  );
});
