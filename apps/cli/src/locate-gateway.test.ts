import { mkdir, writeFile } from "node:fs/promises";
import { rotateGatewayToken } from "@claw/config";
import { hashPassword } from "@claw/gateway";
import { afterEach, expect, test, vi } from "vitest";
import { locateGateway } from "./locate-gateway.ts";
import { temporaryHome } from "./testing/cli.ts";

afterEach(() => vi.unstubAllEnvs());

async function homeWith(config: string) {
  const home = await temporaryHome();
  await mkdir(home.stateDir);
  await writeFile(home.configPath, config);
  for (const [name, value] of Object.entries(home.env)) vi.stubEnv(name, value);
  return home;
}
const CONFIG = '{ gateway: { port: 19123, auth: { token: "from the file" } } }';

test("takes port and token from the configuration", async () => {
  await using _home = await homeWith(CONFIG);
  expect(await locateGateway({})).toMatchObject({ url: "ws://127.0.0.1:19123/", token: "from the file", local: true });
});

test("lets a flag win over the environment, and that over the file", async () => {
  await using _home = await homeWith(CONFIG);
  vi.stubEnv("OPENCLAW_GATEWAY_TOKEN", "from the environment");
  vi.stubEnv("CLAW_GATEWAY_PORT", "19124");
  expect(await locateGateway({})).toMatchObject({ url: "ws://127.0.0.1:19124/", token: "from the environment" });
  expect(await locateGateway({ port: "19125", token: "flag" })).toMatchObject({
    url: "ws://127.0.0.1:19125/",
    token: "flag",
  });
});

test("never sends this machine's token to another one", async () => {
  await using _home = await homeWith(CONFIG);
  for (const url of ["wss://claw.example.com", "wss://127.0.0.1.example.com", "ws://192.168.1.5:18789"]) {
    expect(await locateGateway({ url })).not.toHaveProperty("token");
  }
  expect(await locateGateway({ url: "ws://localhost:18789" })).toHaveProperty("token", "from the file");
});

test("connects to the address that the gateway is bound to", async () => {
  await using _home = await homeWith('{ gateway: { bind: "custom", customBindHost: "::1", auth: { token: "x" } } }');
  expect((await locateGateway({})).url).toBe("ws://[::1]:18789/");
});

test.each(["ws://claw.example.com", "ws://127.0.0.1.example.com", "ws://192.0.2.1:18789", "ws://[2001:db8::1]"])(
  "refuses to send a token in clear over the internet, to %s",
  async (url) => {
    await using _home = await homeWith(CONFIG);
    await expect(locateGateway({ url, token: "flag" })).rejects.toMatchObject({
      exitCode: 2,
      message: expect.stringContaining("wss://"),
    });
  },
);

test("takes the token that Claw made, unless the file or the environment has one", async () => {
  await using home = await homeWith("{}");
  const { token } = await rotateGatewayToken({ stateDir: home.stateDir, now: new Date(), overlapMs: 0 });
  expect(await locateGateway({})).toMatchObject({ token });
  await writeFile(home.configPath, CONFIG);
  expect(await locateGateway({})).toMatchObject({ token: "from the file" });
});

test("sends no hash of a password for the password", async () => {
  const hash = await hashPassword("sesame");
  await using _home = await homeWith(`{ gateway: { auth: { mode: "password", password: "${hash}" } } }`);
  expect(await locateGateway({})).not.toHaveProperty("token");
});
