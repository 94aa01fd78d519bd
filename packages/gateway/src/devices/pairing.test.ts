import { describe, expect, test } from "vitest";
import { trustEverybody } from "../auth.ts";
import { connectClient, openClient } from "../connect.fixture.ts";
import { type ConnectAsDevice, testDevice } from "../device.fixture.ts";
import { startGateway } from "../gateway.fixture.ts";
import { people } from "../methods/people.fixture.ts";

const secret = { token: "secret" };
const admin = ["operator.admin"];

describe("a device with the gateway's secret", () => {
  test("is paired without asking, and comes back with its own token alone", async () => {
    await using started = await startGateway();
    const device = testDevice();
    const first = await device.connect(started.gateway, { auth: secret, scopes: ["operator.read", "operator.write"] });
    expect(first.auth).toMatchObject({ role: "operator", scopes: ["operator.read", "operator.write"] });
    expect(first.auth.deviceToken).toMatch(/^[\w-]{43}$/);
    const auth = { deviceToken: first.auth.deviceToken ?? "" };
    const again = await device.connect(await started.restart(), { auth });
    expect(again.auth).toEqual({ role: "operator", scopes: ["operator.read"], userId: "owner" });
    expect((await again.request("sessions.list", {})).ok).toBe(true);
  });

  test("gets no more scopes than the secret stands for", async () => {
    await using started = await startGateway({ authenticate: people });
    const { auth } = await testDevice().connect(started.gateway, { auth: { token: "ada" }, scopes: admin });
    expect(auth.scopes).toEqual([]);
  });

  test("is let in unpaired when it is somebody else's", async () => {
    await using started = await startGateway({ authenticate: people });
    const device = testDevice();
    const own = await device.connect(started.gateway, { auth: { token: "ada" } });
    const shared = await device.connect(started.gateway, { auth: { token: "eve" } });
    expect(shared.auth).toEqual({ role: "operator", scopes: ["operator.read"], userId: "eve" });
    const auth = { deviceToken: own.auth.deviceToken ?? "" };
    expect((await device.connect(started.gateway, { auth })).answer.ok).toBe(true);
  });

  test("is widened by it, without asking", async () => {
    await using started = await startGateway();
    const device = testDevice();
    await device.connect(started.gateway, { auth: secret });
    const { auth } = await device.connect(started.gateway, {
      auth: secret,
      scopes: admin,
      client: { platform: "mac" },
    });
    const again = { auth: { deviceToken: auth.deviceToken ?? "" }, scopes: admin, client: { platform: "mac" } };
    expect((await device.connect(started.gateway, again)).auth.scopes).toEqual(admin);
  });
});

test("a gateway without a secret pairs nobody: what proves nothing must not last", async () => {
  await using started = await startGateway({ authenticate: trustEverybody });
  const { auth } = await testDevice().connect(started.gateway);
  expect(auth).toEqual({ role: "operator", scopes: ["operator.read"], userId: "owner" });
});

describe("a device token", () => {
  test("is worth nothing without the key, or with another one", async () => {
    await using started = await startGateway();
    const { auth } = await testDevice().connect(started.gateway, { auth: secret });
    const stolen = { deviceToken: auth.deviceToken ?? "" };
    const thief = await testDevice().connect(started.gateway, { auth: stolen });
    expect(thief.details).toMatchObject({
      code: "AUTH_DEVICE_TOKEN_MISMATCH",
      recommendedNextStep: "update_auth_credentials",
    });
    expect((await thief.closed).reason).toContain("device token mismatch");
    expect((await testDevice().connect(started.gateway, { auth: { token: auth.deviceToken } })).answer.ok).toBe(false);
    const bare = await connectClient(started.gateway, auth.deviceToken ?? "").catch(String);
    expect(bare).toContain("not let in");
  });

  test("wrong ones are counted apart from wrong secrets", async () => {
    await using started = await startGateway();
    const device = testDevice();
    const { auth } = await device.connect(started.gateway, { auth: secret });
    for (let time = 0; time < 10; time++) await device.connect(started.gateway, { auth: { deviceToken: "guess" } });
    const right = await device.connect(started.gateway, { auth: { deviceToken: auth.deviceToken ?? "" } });
    expect(right.details).toMatchObject({ code: "AUTH_RATE_LIMITED", recommendedNextStep: "wait_then_retry" });
    expect((await device.connect(started.gateway, { auth: secret })).answer.ok).toBe(true);
  });

  test("beside a wrong secret it is right, and no guess is counted", async () => {
    await using started = await startGateway();
    const device = testDevice();
    const { auth } = await device.connect(started.gateway, { auth: secret });
    const both = { token: "stale", deviceToken: auth.deviceToken ?? "" };
    for (let time = 0; time < 11; time++) {
      expect((await device.connect(started.gateway, { auth: both })).answer.ok).toBe(true);
    }
  });

  test("is what a wrong secret is answered with, when the device has one", async () => {
    await using started = await startGateway();
    const device = testDevice();
    const wrong = { auth: { token: "stale" } };
    expect((await device.connect(started.gateway, wrong)).details).toMatchObject({ canRetryWithDeviceToken: false });
    await device.connect(started.gateway, { auth: secret });
    expect((await device.connect(started.gateway, wrong)).details).toEqual({
      code: "AUTH_TOKEN_MISMATCH",
      recommendedNextStep: "retry_with_device_token",
      canRetryWithDeviceToken: true,
    });
  });

  test("asks for a device when none is shown", async () => {
    await using started = await startGateway();
    const ask = (mode: string) =>
      openClient(started.gateway).request("connect", {
        minProtocol: 4,
        maxProtocol: 4,
        client: { id: "test", version: "1", platform: "linux", mode },
        auth: { deviceToken: "token" },
      });
    expect((await ask("test")).error).toMatchObject({
      code: "NOT_PAIRED",
      details: { code: "DEVICE_IDENTITY_REQUIRED" },
    });
    expect((await ask("ui")).error?.details).toMatchObject({ code: "CONTROL_UI_DEVICE_IDENTITY_REQUIRED" });
  });
});

describe("a device that shows nothing", () => {
  test("waits until somebody approves it, and fetches its token then", async () => {
    await using started = await startGateway();
    const { gateway } = started;
    const operator = await connectClient(gateway);
    const device = testDevice();
    const refused = await device.connect(gateway, { scopes: ["operator.write"], open: { remoteAddress: "127.0.0.1" } });
    const { requestId } = refused.details as { requestId: string };
    expect(refused.answer.error).toMatchObject({ code: "NOT_PAIRED", retryable: true });
    expect(refused.details).toMatchObject({
      code: "PAIRING_REQUIRED",
      reason: "not-paired",
      deviceId: device.id,
      requestedRole: "operator",
      requestedScopes: ["operator.write"],
      approvedScopes: [],
      recommendedNextStep: "wait_then_retry",
      pauseReconnect: false,
    });
    expect((await refused.closed).reason).toMatch(new RegExp(`\\(requestId: ${requestId}\\)$`));
    const asked = await operator.frame(({ event }) => event === "device.pair.requested");
    expect(asked.payload).toMatchObject({ requestId, deviceId: device.id, remoteIp: "127.0.0.1", isRepair: false });

    expect((await device.connect(gateway, { scopes: ["operator.write"] })).details["requestId"]).toBe(requestId);
    expect((await operator.request("device.pair.approve", { requestId })).ok).toBe(true);
    const resolved = await operator.frame(({ event }) => event === "device.pair.resolved");
    expect(resolved.payload).toMatchObject({ requestId, decision: "approved" });

    const approved = await device.connect(gateway, { scopes: ["operator.write"] });
    expect(approved.auth.deviceToken).toMatch(/^[\w-]{43}$/);
    expect((await approved.request("health")).ok).toBe(true);
    const lost = await device.connect(gateway, { scopes: ["operator.write"] });
    expect(lost.details).toMatchObject({ code: "PAIRING_REQUIRED", reason: "not-paired" });
    expect(lost.details["requestId"]).not.toBe(requestId);
  });

  test("is told to come later when too many wait", async () => {
    await using started = await startGateway();
    const open = { remoteAddress: "192.0.2.1" };
    for (let number = 0; number < 16; number++) await testDevice().connect(started.gateway, { open });
    const { answer, details } = await testDevice().connect(started.gateway, { open });
    expect(answer.error).toMatchObject({ code: "NOT_PAIRED", retryAfterMs: 60_000 });
    expect(details["requestId"]).toBeUndefined();
    const elsewhere = await testDevice().connect(started.gateway, { open: { remoteAddress: "192.0.2.2" } });
    expect(elsewhere.details["requestId"]).toBeDefined();
  });
});

describe("a paired device that wants more waits for a new answer", () => {
  test.each<readonly [string, ConnectAsDevice]>([
    ["scope-upgrade", { scopes: admin }],
    ["role-upgrade", { role: "node" }],
    ["metadata-upgrade", { client: { platform: "windows" } }],
    ["metadata-upgrade", { client: { deviceFamily: "watch" } }],
  ])("%s", async (reason, wish) => {
    await using started = await startGateway();
    const { gateway } = started;
    const device = testDevice();
    const first = await device.connect(gateway, { auth: secret });
    const auth = { deviceToken: first.auth.deviceToken ?? "" };
    const refused = await device.connect(gateway, { ...wish, auth });
    expect(refused.details).toMatchObject({
      code: "PAIRING_REQUIRED",
      reason,
      approvedRoles: ["operator"],
      approvedScopes: ["operator.read"],
    });
    expect((await device.connect(gateway, { auth })).answer.ok).toBe(true);

    const operator = await connectClient(gateway);
    await operator.request("device.pair.approve", { requestId: refused.details["requestId"] });
    const shown = wish.role === undefined ? auth : undefined;
    const widened = await device.connect(gateway, { ...wish, ...(shown && { auth: shown }) });
    expect(widened.answer.ok).toBe(true);
    expect(widened.auth.scopes).toEqual(wish.role === "node" ? [] : (wish.scopes ?? ["operator.read"]));
  });
});

describe("a node", () => {
  test("signs, or stays outside", async () => {
    await using started = await startGateway();
    const client = { id: "node-host", version: "1", platform: "linux", mode: "node" };
    const params = { minProtocol: 4, maxProtocol: 4, client, role: "node", auth: secret };
    const { error } = await openClient(started.gateway).request("connect", params);
    expect(error).toMatchObject({ code: "NOT_PAIRED", details: { code: "DEVICE_IDENTITY_REQUIRED" } });
  });

  test("holds no scope, whoever's secret let it in, and is closed when it goes on asking for an operator's", async () => {
    await using started = await startGateway();
    const node = await testDevice().connect(started.gateway, { auth: secret, role: "node", scopes: admin });
    expect(node.auth).toMatchObject({ role: "node", scopes: [] });
    expect((await node.request("health")).ok).toBe(true);
    for (let time = 0; time < 10; time++) {
      expect((await node.request("status")).error).toMatchObject({
        code: "FORBIDDEN",
        message: "unauthorized role: node",
        details: { code: "WRONG_ROLE", requiredRole: "operator" },
      });
    }
    node.send({ type: "req", id: "last", method: "status" });
    expect(await node.closed).toEqual({ code: 1008, reason: "too many calls of another role" });
  });
});
