import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createClient, type DeviceStorage, type StoredDevice } from "@claw/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FakeModel, say, startFakeModel } from "./harness/fake-model.ts";
import { type RunningGateway, startGateway } from "./harness/gateway.ts";
import { installOpenClaw, type OpenClaw, openClaw } from "./harness/openclaw.ts";

// The stock command line, unchanged, over the devices of our gateway.

let model: FakeModel;
let gateway: RunningGateway;
let stock: OpenClaw;

beforeAll(async () => {
  await installOpenClaw();
  model = await startFakeModel(say("Hello."));
  gateway = await startGateway({ config: model.config });
  const { port } = new URL(gateway.url);
  stock = await openClaw({ OPENCLAW_GATEWAY_PORT: port, OPENCLAW_GATEWAY_TOKEN: gateway.token });
}, 300_000);

afterAll(async () => {
  await stock?.[Symbol.asyncDispose]();
  await gateway?.[Symbol.asyncDispose]();
  await model?.[Symbol.asyncDispose]();
});

function memory(): DeviceStorage {
  let stored: StoredDevice | undefined;
  return {
    load: async () => stored,
    async save(device) {
      stored = device;
    },
  };
}

interface Listed {
  readonly pending: readonly { readonly requestId: string; readonly deviceId: string }[];
  readonly paired: readonly {
    readonly deviceId: string;
    readonly operatorLabel?: string;
    readonly tokens: unknown[];
  }[];
}

async function list(): Promise<Listed> {
  const { stdout } = await stock.run("devices", "list", "--json");
  return JSON.parse(stdout);
}

/** A device of ours without any token, and the moments of its life. */
function device() {
  const waits = Promise.withResolvers<void>();
  const left = Promise.withResolvers<string>();
  const ended = Promise.withResolvers<void>();
  const client = createClient({
    url: gateway.webSocketUrl,
    device: memory(),
    scopes: ["operator.read"],
    onState(state) {
      if (state.status === "closed") ended.resolve();
      if (state.status !== "reconnecting") return;
      if (state.error?.details?.["code"] === "PAIRING_REQUIRED") waits.resolve();
      else left.resolve(state.reason);
    },
  });
  return { client, waits: waits.promise, left: left.promise, ended: ended.promise };
}

test("devices list, approve, rename, rotate, revoke and remove", async () => {
  const { client, waits, left, ended } = device();
  await waits;
  const { pending, paired } = await list();
  expect(pending).toHaveLength(1);
  expect(paired).toEqual([]);
  const { requestId = "", deviceId = "" } = pending[0] ?? {};

  expect((await stock.run("devices", "approve", requestId)).stdout).toContain(`Approved ${deviceId}`);
  await client.ready();
  expect((await client.request("health", {})).ok).toBe(true);
  await stock.run("devices", "rename", "--device", deviceId, "--name", "Kitchen");
  expect((await list()).paired).toMatchObject([{ deviceId, operatorLabel: "Kitchen", tokens: [{ role: "operator" }] }]);
  expect((await stock.run("devices", "list")).stdout).toContain("Kitchen");

  const rotated = await stock.run("devices", "rotate", "--device", deviceId, "--role", "operator");
  expect(JSON.parse(rotated.stdout)).toMatchObject({ deviceId, tokenDelivery: "withheld-cross-device" });
  expect(await left).toBe("device token rotated");
  await client.ready();

  const revoked = await stock.run("devices", "revoke", "--device", deviceId, "--role", "operator");
  expect(JSON.parse(revoked.stdout)).toMatchObject({ deviceId, role: "operator" });
  await ended;
  expect((await list()).paired).toMatchObject([{ deviceId, tokens: [] }]);

  expect((await stock.run("devices", "remove", deviceId)).code).toBe(0);
  expect(await list()).toMatchObject({ pending: [], paired: [] });
});

test("devices reject and clear", async () => {
  const first = device();
  await first.waits;
  const { requestId = "" } = (await list()).pending[0] ?? {};
  expect((await stock.run("devices", "reject", requestId)).code).toBe(0);
  // With the gateway's token in its hand it would be paired again at once.
  (await gateway.connect({ device: memory() })).close();
  expect((await list()).paired).toHaveLength(1);
  expect((await stock.run("devices", "clear", "--yes", "--pending")).code).toBe(0);
  expect((await list()).paired).toEqual([]);
  first.client.close();
});

test("gateway status finds the gateway and its version", async () => {
  const { code, stdout } = await stock.run("gateway", "status");
  expect(stdout).toContain("Connectivity probe: ok");
  expect(stdout).toMatch(/Gateway version: \d+\.\d+\.\d+/);
  expect(code).toBe(0);
});

test("status shows a gateway that its own configuration names", async () => {
  const { port } = new URL(gateway.url);
  await using home = await openClaw({});
  const config = { gateway: { mode: "local", port: Number(port), auth: { mode: "token", token: gateway.token } } };
  await mkdir(home.stateDir, { recursive: true });
  await writeFile(join(home.stateDir, "openclaw.json"), JSON.stringify(config), { mode: 0o600 });
  const { code, stdout } = await home.run("status", "--json");
  expect(JSON.parse(stdout)).toMatchObject({ gateway: { reachable: true, error: null } });
  expect(code).toBe(0);
});
