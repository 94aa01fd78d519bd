import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parseConfig, readGatewayToken } from "@claw/config";
import { silentLogger, systemClock } from "@claw/core";
import { type Caller, hashPassword } from "@claw/gateway";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { authentication, trustedProxiesOf } from "./authentication.ts";

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "claw-authentication-"));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(stateDir, { recursive: true, force: true });
});

async function withSettings(settings: object, token?: string) {
  const config = await parseConfig(JSON.stringify({ gateway: settings }));
  const paths = token === undefined ? { stateDir } : { stateDir, token };
  return authentication({ config, paths, clock: systemClock, log: silentLogger });
}
const from = (headers: Record<string, string> = {}, more: Partial<Caller> = {}): Caller => ({
  remoteAddress: "127.0.0.1",
  ...more,
  headers: new Headers(headers),
});

test("being on this machine proves nothing", async () => {
  const { authenticate } = await withSettings({});
  expect(await authenticate({}, from())).toMatchObject({ ok: false, code: "AUTH_TOKEN_MISSING" });
});

test("the token is the one given at start, else the file's, else one that Claw makes", async () => {
  expect((await withSettings({ auth: { token: "configured" } }, "given")).secret()).toBe("given");
  expect((await withSettings({ auth: { token: "configured" } })).secret()).toBe("configured");
  expect(await readGatewayToken(stateDir)).toBeUndefined();
  const { secret, authenticate } = await withSettings({});
  expect(secret()).toBe((await readGatewayToken(stateDir))?.token);
  expect(await authenticate({ token: secret() }, from())).toMatchObject({ ok: true });
});

test("a password lets in, also where only its hash is written, and then no link holds it", async () => {
  const auth = { mode: "password", password: await hashPassword("sesame") };
  const { authenticate, secret } = await withSettings({ auth });
  expect(await authenticate({ password: "sesame" }, from())).toMatchObject({ ok: true });
  expect(await authenticate({ password: auth.password }, from())).toMatchObject({ ok: false });
  expect(secret()).toBeUndefined();
});

test("behind a proxy that signs in its users come in, and the token still does past it", async () => {
  const trustedProxy = { userHeader: "X-User", allowUsers: ["alice"] };
  const { authenticate, secret } = await withSettings({
    trustedProxies: ["10.0.0.1"],
    auth: { mode: "trusted-proxy", trustedProxy },
  });
  const user = from({ "x-user": "alice" }, { proxy: "10.0.0.1", remoteAddress: "203.0.113.7" });
  expect(await authenticate({}, user)).toMatchObject({ ok: true, principal: { id: "proxy:alice" } });
  expect(await authenticate({}, from({ "x-user": "alice" }))).toMatchObject({ code: "AUTH_VERIFIED_USER_REQUIRED" });
  expect(await authenticate({ token: secret() }, from())).toMatchObject({ ok: true, principal: { id: "owner" } });
});

test("Tailscale's users come in beside the token, when the daemon of this machine confirms them", async () => {
  await writeFile(join(stateDir, "tailscale"), `#!/bin/sh\necho '{"UserProfile":{"LoginName":"alice@example.com"}}'\n`);
  await chmod(join(stateDir, "tailscale"), 0o755);
  vi.stubEnv("PATH", `${stateDir}${delimiter}${process.env["PATH"]}`);
  const { authenticate, secret } = await withSettings({ auth: { allowTailscale: ["alice@example.com"] } });
  const { gateway } = await parseConfig("{ gateway: { auth: { allowTailscale: true } } }");
  expect(trustedProxiesOf(gateway)).toEqual(["127.0.0.1", "::1"]);
  const served = (login: string) =>
    from({ "tailscale-user-login": login, upgrade: "websocket" }, { proxy: "127.0.0.1", remoteAddress: "100.64.0.7" });
  expect(await authenticate({}, served("alice@example.com"))).toMatchObject({
    principal: { credential: "tailscale:alice@example.com" },
  });
  expect(await authenticate({}, served("eve@example.com"))).toMatchObject({ code: "AUTH_TAILSCALE_IDENTITY_MISMATCH" });
  expect(await authenticate({ token: secret() }, from())).toMatchObject({ ok: true });
});

test("mode none lets everybody in, as it says", async () => {
  const { authenticate } = await withSettings({ auth: { mode: "none" } });
  expect(await authenticate({}, from())).toMatchObject({ ok: true, principal: { id: "owner", credential: "none" } });
});
