import { X509Certificate } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { createClient, type GatewayClient } from "@claw/client";
import { pinnedWebSocket } from "@claw/client/node";
import { type Config, gatewayFiles, parseConfig, rotateGatewayToken } from "@claw/config";
import { type Agent, silentLogger } from "@claw/core";
import { createGateway } from "@claw/gateway";
import { sqliteStore } from "@claw/store-sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openAccess } from "./access.ts";
import { trustedProxiesOf } from "./authentication.ts";
import { manualClock } from "./manual-clock.fixture.ts";
import { ensureSelfSigned } from "./self-signed.ts";
import { serve } from "./serve.ts";
import { openTls } from "./tls.ts";

const DAY_MS = 86_400_000;
let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "claw-serve-"));
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

const silent: Agent = { name: "default", description: "", async *run() {} };

async function start(settings: object, clock = manualClock(new Date().toISOString())) {
  const config: Config = await parseConfig(JSON.stringify({ gateway: { port: 0, ...settings } }));
  const paths = { stateDir };
  const access = await openAccess({ config, paths, clock, log: silentLogger });
  const tls = config.gateway.tls.enabled
    ? await openTls({ gateway: config.gateway, stateDir, clock, log: silentLogger })
    : undefined;
  const { authenticate } = access;
  const trustedProxies = trustedProxiesOf(config.gateway);
  const gateway = createGateway({ agents: [silent], store: sqliteStore({ stateDir }), authenticate, trustedProxies });
  await gateway.start();
  const serving = await serve({
    gateway,
    fetch: gateway.fetch,
    access,
    tls,
    loaded: { config },
    paths: {},
    log: silentLogger,
  });
  const url = serving.address.replace(/^http/, "ws");
  const clients: GatewayClient[] = [];
  return {
    ...serving,
    config,
    tls,
    gateway,
    clock,
    access,
    async connect(token = access.secret() ?? "", fingerprint = serving.fingerprint): Promise<GatewayClient> {
      const pin = fingerprint === undefined ? {} : { WebSocket: pinnedWebSocket(fingerprint) };
      const client = createClient({ url, token, reconnect: false, ...pin });
      clients.push(client);
      await client.ready();
      return client;
    },
    async [Symbol.asyncDispose]() {
      for (const client of clients) client.close();
      await gateway.stop({ graceMs: 0 });
      await serving[Symbol.asyncDispose]();
    },
  };
}

const TLS = { tls: { enabled: true } };

test("with TLS both wss and https answer on one port, under a certificate of the gateway's own", async () => {
  await using gateway = await start(TLS);
  expect(gateway.address).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/$/);
  const client = await gateway.connect();
  expect(await client.request("health", {})).toMatchObject({ ok: true });

  const { certificate, key } = gatewayFiles(stateDir);
  expect((await stat(key)).mode & 0o777).toBe(0o600);
  const found = new X509Certificate(await readFile(certificate));
  expect(found.fingerprint256).toBe(gateway.fingerprint);
  expect(found.checkHost("localhost")).toBe("localhost");
  expect(found.checkIP("127.0.0.1")).toBe("127.0.0.1");
});

test("a name is told to stay with https for a year; localhost and addresses are not", async () => {
  await using gateway = await start({ ...TLS, allowedHosts: ["claw.example.com"] });
  expect(await headersFor(gateway.address, "claw.example.com")).toContain(
    "strict-transport-security: max-age=31536000",
  );
  for (const host of ["localhost", "127.0.0.1", "[::1]"]) {
    expect(await headersFor(gateway.address, host)).not.toContain("strict-transport-security");
  }
});

/** What a request under that name is answered, whatever the name means. */
async function headersFor(address: string, host: string): Promise<string> {
  const { port } = new URL(address);
  const socket = connect({ host: "127.0.0.1", port: Number(port), rejectUnauthorized: false });
  socket.end(`GET /health HTTP/1.1\r\nHost: ${host}:${port}\r\nConnection: close\r\n\r\n`);
  const chunks = await socket.toArray();
  return Buffer.concat(chunks).toString().toLowerCase();
}

test("a client that pins another certificate is not let through to anything", async () => {
  await using gateway = await start(TLS);
  await expect(gateway.connect(undefined, "11".repeat(32))).rejects.toThrow(/not the pinned one/);
});

test("a renewed certificate is shown to new connections, and the open ones stay", async () => {
  await using gateway = await start(TLS);
  const before = await gateway.connect();
  await rm(gatewayFiles(stateDir).certificate);
  await gateway.clock.advance(10_000);
  const renewed = new X509Certificate(await readFile(gatewayFiles(stateDir).certificate)).fingerprint256;
  expect(renewed).not.toBe(gateway.fingerprint);
  await expect(gateway.connect()).rejects.toThrow(/not the pinned one/);
  expect(await (await gateway.connect(undefined, renewed)).request("health", {})).toMatchObject({ ok: true });
  expect(await before.request("health", {})).toMatchObject({ ok: true });
});

test("the gateway's own certificate is renewed a month before its end, also while it runs", async () => {
  await using gateway = await start(TLS);
  await gateway.clock.advance(794 * DAY_MS);
  expect(await fingerprintOnDisk()).toBe(gateway.fingerprint);
  await gateway.clock.advance(2 * DAY_MS);
  expect(await fingerprintOnDisk()).not.toBe(gateway.fingerprint);
});

const fingerprintOnDisk = async () =>
  new X509Certificate(await readFile(gatewayFiles(stateDir).certificate)).fingerprint256;

test("a certificate of the owner's is used and followed; half of a new pair leaves the old one in place", async () => {
  const files = { certificate: join(stateDir, "own.pem"), key: join(stateDir, "own.key") };
  await ensureSelfSigned({ files, names: [], now: new Date() });
  await using gateway = await start({ tls: { enabled: true, certPath: files.certificate, keyPath: files.key } });
  const other = { certificate: join(stateDir, "next.pem"), key: join(stateDir, "next.key") };
  await ensureSelfSigned({ files: other, names: [], now: new Date() });
  const [cert, key] = await Promise.all([readFile(other.certificate), readFile(other.key)]);
  const next = new X509Certificate(cert).fingerprint256;

  await writeFile(files.certificate, cert);
  await gateway.clock.advance(10_000);
  await (await gateway.connect()).request("health", {});
  await writeFile(files.key, key);
  await gateway.clock.advance(10_000);
  await (await gateway.connect(undefined, next)).request("health", {});
});

test("another certificate is taken while it runs, and one that can't be used is not", async () => {
  await using gateway = await start(TLS);
  const files = { certificate: join(stateDir, "own.pem"), key: join(stateDir, "own.key") };
  await ensureSelfSigned({ files, names: [], now: new Date() });
  const tls = { enabled: true, autoGenerate: true, certPath: files.certificate, keyPath: files.key };
  await gateway.tls?.use({ tls, allowedHosts: [] });
  const fingerprint = new X509Certificate(await readFile(files.certificate)).fingerprint256;
  await (await gateway.connect(undefined, fingerprint)).request("health", {});
  const missing = { ...tls, certPath: join(stateDir, "missing.pem") };
  await expect(gateway.tls?.use({ tls: missing, allowedHosts: [] })).rejects.toMatchObject({ code: "TLS_CERTIFICATE" });
  await gateway.clock.advance(10_000);
  await (await gateway.connect(undefined, fingerprint)).request("health", {});
});

test("a token that is made anew by a change of the configuration is followed like the one before", async () => {
  await using gateway = await start({ auth: { token: "chosen by somebody" } });
  const before = await gateway.connect();
  gateway.gateway.reconfigure({ authenticate: await gateway.access.change(await parseConfig("{}")) });
  await expect(before.request("health", {})).rejects.toThrow();
  expect(before.state).toMatchObject({ status: "closed", code: 4001 });
  const own = await gateway.connect(gateway.access.secret());
  await rotateGatewayToken({ stateDir, now: gateway.clock.now(), overlapMs: 0 });
  await gateway.clock.advance(5_000);
  await expect(own.request("health", {})).rejects.toThrow();
  expect(own.state).toMatchObject({ status: "closed", code: 4001 });
});

test.each([
  ["missing.pem", "can't be read"],
  ["broken.pem", "can't be used"],
])("a certificate that is %s stops the start", async (name, why) => {
  await writeFile(join(stateDir, "broken.pem"), "no certificate");
  const certPath = join(stateDir, name);
  await expect(start({ tls: { enabled: true, certPath, keyPath: certPath } })).rejects.toMatchObject({
    code: "TLS_CERTIFICATE",
    message: expect.stringContaining(why),
  });
});

test("a rotation elsewhere closes the connections of the token before, once its overlap is over", async () => {
  await using gateway = await start({});
  const before = await gateway.connect();
  const ended = Promise.withResolvers<void>();
  const { token } = await rotateGatewayToken({ stateDir, now: gateway.clock.now(), overlapMs: 60_000 });
  const after = await gateway.connect(token);
  await gateway.clock.advance(59_000);
  expect(await before.request("health", {})).toMatchObject({ ok: true });
  await gateway.clock.advance(5_000);
  await before.request("health", {}).then(ended.reject, ended.resolve);
  await ended.promise;
  expect(before.state).toMatchObject({ status: "closed", code: 4001 });
  expect(await after.request("health", {})).toMatchObject({ ok: true });
});
