import { type Audit, ClawError } from "@claw/core";
import { describe, expect, test } from "vitest";
import { connectClient } from "../connect.fixture.ts";
import { testDevice } from "../device.fixture.ts";
import { startGateway } from "../gateway.fixture.ts";
import type { Gateway } from "../options.ts";

const secret = { token: "secret" };
const read = ["operator.read"];

/** A paired device that is connected by its own token. */
async function paired(gateway: Gateway, scopes: readonly string[] = read) {
  const device = testDevice();
  const { auth } = await device.connect(gateway, { auth: secret, scopes });
  const token = { deviceToken: auth.deviceToken ?? "" };
  return { device, token, client: await device.connect(gateway, { auth: token, scopes }) };
}

describe("device.pair.list", () => {
  test("shows what each device was granted and whether it is here, and never a token", async () => {
    await using started = await startGateway();
    const operator = await connectClient(started.gateway);
    const { device, token, client } = await paired(started.gateway);
    const { payload } = await operator.request("device.pair.list");
    expect(payload).toMatchObject({
      pending: [],
      paired: [
        {
          deviceId: device.id,
          owner: "owner",
          platform: "linux",
          clientId: "test",
          role: "operator",
          roles: ["operator"],
          scopes: read,
          approvedVia: "secret",
          connected: true,
          tokens: [{ role: "operator", scopes: read, createdAtMs: expect.any(Number) }],
        },
      ],
    });
    expect(JSON.stringify(payload)).not.toContain(token.deviceToken);
    client.hangUp();
  });

  test("is for those with the pairing scope", async () => {
    await using started = await startGateway();
    const writer = await connectClient(started.gateway, "secret", ["operator.write"]);
    expect((await writer.request("device.pair.list")).error?.details).toMatchObject({
      code: "MISSING_SCOPE",
      missingScope: "operator.pairing",
    });
  });
});

describe("an answer to a device", () => {
  test("gives no more than the one who approves holds", async () => {
    await using started = await startGateway();
    const { gateway } = started;
    const helper = await connectClient(gateway, "secret", ["operator.pairing", "operator.read"]);
    const writer = await testDevice().connect(gateway, { scopes: ["operator.write"] });
    const node = await testDevice().connect(gateway, { role: "node" });
    const reader = await testDevice().connect(gateway, { scopes: read });
    const approve = (visit: typeof reader) =>
      helper.request("device.pair.approve", { requestId: visit.details["requestId"] });
    expect((await approve(writer)).error?.details).toMatchObject({ missingScope: "operator.write" });
    expect((await approve(node)).error?.details).toMatchObject({ missingScope: "operator.admin" });
    expect((await approve(reader)).payload).toMatchObject({ device: { scopes: read, approvedVia: "approval" } });
  });

  test("is given once, and a rejected device asks anew", async () => {
    await using started = await startGateway();
    const operator = await connectClient(started.gateway);
    const device = testDevice();
    const { details } = await device.connect(started.gateway);
    const { requestId } = details as { requestId: string };
    const rejected = await operator.request("device.pair.reject", { requestId });
    expect(rejected.payload).toEqual({ requestId, deviceId: device.id });
    const resolved = await operator.frame(({ event }) => event === "device.pair.resolved");
    expect(resolved.payload).toMatchObject({ requestId, decision: "rejected" });
    for (const method of ["device.pair.approve", "device.pair.reject"]) {
      const { error } = await operator.request(method, { requestId });
      expect(error).toMatchObject({ code: "INVALID_REQUEST", details: { code: "DEVICE_REQUEST_NOT_FOUND" } });
    }
    expect((await device.connect(started.gateway)).details["requestId"]).not.toBe(requestId);
  });
});

describe("a device whose credential is taken away", () => {
  test.each([
    ["device.pair.remove", {}, "device removed"],
    ["device.token.revoke", { role: "operator" }, "device token revoked"],
    ["device.token.rotate", { role: "operator" }, "device token rotated"],
  ])("by %s is closed at once, and nothing it sent before is done", async (method, params, reason) => {
    await using started = await startGateway();
    const operator = await connectClient(started.gateway);
    const { device, token, client } = await paired(started.gateway);
    expect((await operator.request(method, { deviceId: device.id, ...params })).ok).toBe(true);
    client.send({ type: "req", id: "late", method: "health" });
    expect(await client.closed).toEqual({ code: 4001, reason });
    expect(client.frames.some(({ id }) => id === "late")).toBe(false);
    expect((await operator.request("system-presence")).payload).toHaveLength(1);
    const again = await device.connect(started.gateway, { auth: token });
    if (method === "device.token.rotate") expect(again.auth.deviceToken).not.toBe(token.deviceToken);
    else expect(again.details).toMatchObject({ code: "AUTH_DEVICE_TOKEN_MISMATCH" });
  });

  test("that revoked waits for an operator, unlike one with the gateway's secret", async () => {
    await using started = await startGateway();
    const operator = await connectClient(started.gateway);
    const { device } = await paired(started.gateway);
    await operator.request("device.token.revoke", { deviceId: device.id, role: "operator" });
    expect((await device.connect(started.gateway)).details).toMatchObject({ code: "PAIRING_REQUIRED" });
    expect((await device.connect(started.gateway, { auth: secret })).auth.deviceToken).toBeDefined();
  });
});

describe("device.token.rotate", () => {
  test("hands the new token to the device itself alone, which is closed after the answer", async () => {
    await using started = await startGateway();
    const scopes = ["operator.read", "operator.pairing"];
    const { device, client } = await paired(started.gateway, scopes);
    const { payload } = await client.request("device.token.rotate", { deviceId: device.id, role: "operator" });
    const { token } = payload as unknown as { token: string };
    expect(payload).toMatchObject({ tokenDelivery: "in-band", scopes });
    expect((await client.closed).code).toBe(4001);
    expect((await device.connect(started.gateway, { auth: { deviceToken: token }, scopes })).answer.ok).toBe(true);
  });

  test("narrows a token within what was approved", async () => {
    await using started = await startGateway();
    const operator = await connectClient(started.gateway);
    const { device } = await paired(started.gateway, ["operator.write"]);
    const rotate = (scopes: readonly string[]) =>
      operator.request("device.token.rotate", { deviceId: device.id, role: "operator", scopes });
    expect((await rotate(["operator.admin"])).error?.message).toContain("not within what was approved");
    expect((await rotate(["made.up"])).ok).toBe(false);
    const rotated = await rotate(read);
    expect(rotated.payload).toMatchObject({ tokenDelivery: "withheld-cross-device", scopes: read });
    expect(rotated.payload).not.toHaveProperty("token");
    const narrow = await device.connect(started.gateway, { scopes: read });
    const auth = { deviceToken: narrow.auth.deviceToken ?? "" };
    const { details } = await device.connect(started.gateway, { auth, scopes: ["operator.write"] });
    expect(details).toMatchObject({ code: "AUTH_SCOPE_MISMATCH", recommendedNextStep: "review_auth_configuration" });
  });
});

describe("without admin", () => {
  const scopes = ["operator.read", "operator.pairing"];

  test("a device handles itself alone", async () => {
    await using started = await startGateway();
    const helper = await paired(started.gateway, scopes);
    const { device } = await paired(started.gateway);
    const role = { role: "operator" };
    for (const [method, params] of [
      ["device.pair.rename", { label: "mine" }],
      ["device.pair.remove", {}],
      ["device.token.revoke", role],
      ["device.token.rotate", role],
    ] as const) {
      const { error } = await helper.client.request(method, { deviceId: device.id, ...params });
      expect(error?.details, method).toMatchObject({ missingScope: "operator.admin" });
    }
    expect((await helper.client.request("device.pair.remove", { deviceId: helper.device.id })).ok).toBe(true);
  });

  test("an owner's client takes no token away that is worth more than it holds, but may remove the device", async () => {
    await using started = await startGateway();
    const client = await connectClient(started.gateway, "secret", scopes);
    const { device } = await paired(started.gateway, ["operator.write"]);
    for (const method of ["device.token.revoke", "device.token.rotate"]) {
      const { error } = await client.request(method, { deviceId: device.id, role: "operator" });
      expect(error?.details, method).toMatchObject({ missingScope: "operator.write" });
    }
    expect((await client.request("device.pair.remove", { deviceId: device.id })).ok).toBe(true);
  });
});

test("a device gets a name, and what is not there is said to be so", async () => {
  await using started = await startGateway();
  const operator = await connectClient(started.gateway);
  const { device } = await paired(started.gateway);
  const renamed = await operator.request("device.pair.rename", { deviceId: device.id, label: " Kitchen " });
  expect(renamed.payload).toEqual({ deviceId: device.id, label: "Kitchen" });
  expect((await operator.request("device.pair.list")).payload).toMatchObject({
    paired: [{ operatorLabel: "Kitchen" }],
  });
  for (const [method, params] of [
    ["device.pair.rename", { label: "x" }],
    ["device.pair.remove", {}],
    ["device.token.rotate", { role: "operator" }],
    ["device.token.revoke", { role: "operator" }],
  ] as const) {
    const { error } = await operator.request(method, { deviceId: "nobody", ...params });
    expect(error?.details).toMatchObject({ code: "DEVICE_NOT_FOUND" });
  }
});

test("gateway.identity.get tells the gateway's key, where it has one", async () => {
  const identity = { deviceId: "d", publicKey: "k" };
  await using started = await startGateway({ identity });
  const operator = await connectClient(started.gateway);
  expect((await operator.request("gateway.identity.get")).payload).toEqual(identity);
  const bare = await connectClient(await started.restart({ identity: undefined } as object));
  expect((await bare.request("gateway.identity.get")).error?.code).toBe("UNAVAILABLE");
});

describe("a decision about a device", () => {
  interface Recorded {
    readonly input: Readonly<Record<string, unknown>>;
    readonly by: string;
    readonly effect: string;
    readonly outcome?: string;
  }

  /** Keeps what is put on record, or can't. */
  function recorder() {
    const records: Recorded[] = [];
    let broken = false;
    const audit: Audit = {
      async intent({ type, principal, input }, { effect }) {
        if (broken) throw new ClawError("STORE_UNWRITABLE", "the disk is full");
        const record = { input, by: principal.id, effect };
        if (type !== "device.change") return { outcome: async () => {} };
        const at = records.push(record) - 1;
        return {
          async outcome({ summary }) {
            records[at] = { ...record, outcome: summary };
          },
        };
      },
    };
    const breakDown = (): void => {
      broken = true;
    };
    return { records, audit, breakDown };
  }

  test("is on record with who made it, before and after, and so is one that was refused", async () => {
    const { records, audit } = recorder();
    await using started = await startGateway({ audit });
    const { gateway } = started;
    const operator = await connectClient(gateway);
    const helper = await connectClient(gateway, "secret", ["operator.pairing"]);
    const asking = async () => (await testDevice().connect(gateway, { scopes: read })).details;
    const [approved, rejected] = [await asking(), await asking()];
    const { deviceId, requestId } = approved;
    await helper.request("device.pair.approve", { requestId });
    await operator.request("device.pair.approve", { requestId });
    await operator.request("device.pair.reject", { requestId: rejected["requestId"] });
    await operator.request("device.pair.rename", { deviceId, label: "Kitchen" });
    await operator.request("device.token.rotate", { deviceId, role: "operator" });
    await operator.request("device.token.revoke", { deviceId, role: "operator" });
    await operator.request("device.pair.remove", { deviceId });
    const record = (method: string, more: object = {}) => ({
      input: { method, deviceId, ...more },
      by: "owner",
      effect: "allow",
      outcome: "done",
    });
    const asked = { requestId, role: "operator", scopes: read };
    expect(records).toEqual([
      { input: { method: "device.pair.approve", deviceId, ...asked }, by: "owner", effect: "deny" },
      record("device.pair.approve", asked),
      record("device.pair.reject", { ...asked, deviceId: rejected["deviceId"], requestId: rejected["requestId"] }),
      record("device.pair.rename"),
      record("device.token.rotate", { role: "operator", scopes: read }),
      record("device.token.revoke", { role: "operator" }),
      record("device.pair.remove"),
    ]);
  });

  test("is also that of a secret that pairs, once and not at every visit", async () => {
    const { records, audit } = recorder();
    await using started = await startGateway({ audit });
    const device = testDevice();
    const connect = (scopes: readonly string[]) => device.connect(started.gateway, { auth: secret, scopes });
    await connect(read);
    await connect(read);
    await connect(["operator.write"]);
    const input = { method: "connect", deviceId: device.id, role: "operator" };
    expect(records.map((one) => one.input)).toEqual([
      { ...input, scopes: read },
      { ...input, scopes: ["operator.write"] },
    ]);
  });

  test("does not take effect when it can't be put on record", async () => {
    const { audit, breakDown } = recorder();
    await using started = await startGateway({ audit });
    const operator = await connectClient(started.gateway);
    const { device } = await paired(started.gateway);
    breakDown();
    const { error } = await operator.request("device.pair.remove", { deviceId: device.id });
    expect(error).toMatchObject({ code: "UNAVAILABLE", message: "the disk is full" });
    const { payload } = await operator.request("device.pair.list");
    expect(payload).toMatchObject({ paired: [{ deviceId: device.id }] });
    const unpaired = await testDevice().connect(started.gateway, { auth: secret, scopes: read });
    expect(unpaired.answer.ok).toBe(true);
    expect(unpaired.auth.deviceToken).toBeUndefined();
  });
});
