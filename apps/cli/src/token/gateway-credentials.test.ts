import { mkdir, writeFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { runCli, temporaryHome } from "../testing/cli.ts";
import { startGateway } from "../testing/gateway.ts";

test("over TLS the commands accept the certificate of their own gateway, and another one only by its fingerprint", async () => {
  await using gateway = await startGateway({ "gateway.tls.enabled": "true" });
  const { env, port, output } = gateway;
  const own = await runCli(["status", "--json"], { env });
  expect(own.exitCode).toBe(0);
  expect(JSON.parse(own.stdout)).toMatchObject({ gateway: { reachable: true, url: `wss://127.0.0.1:${port}/` } });

  const fingerprint = /SHA-256 +([0-9A-F:]{95})/.exec(output())?.[1] ?? "";
  expect(fingerprint).not.toBe("");
  const token = (await runCli(["token", "show"], { env })).stdout.trim();
  const elsewhere = { HOME: "/nonexistent", CLAW_GATEWAY_TOKEN: token };
  const from = (...flags: string[]) =>
    runCli(["status", "--json", "--url", `wss://127.0.0.1:${port}`, ...flags], { env: elsewhere });
  expect((await from("--tls-fingerprint", fingerprint)).exitCode).toBe(0);
  expect(await from("--tls-fingerprint", "00".repeat(32))).toMatchObject({
    exitCode: 69,
    stderr: expect.stringContaining("not the pinned one"),
  });
  expect(await from()).toMatchObject({ exitCode: 69, stderr: expect.stringContaining("--tls-fingerprint") });
});

test("a rotation counts for a running gateway at once, and without an overlap the token before is refused", async () => {
  await using gateway = await startGateway();
  const { env } = gateway;
  const before = (await runCli(["token", "show"], { env })).stdout.trim();
  expect((await runCli(["token", "rotate", "--overlap", "0"], { env })).exitCode).toBe(0);
  expect((await runCli(["status"], { env })).exitCode).toBe(0);
  expect((await runCli(["status"], { env: { ...env, CLAW_GATEWAY_TOKEN: before } })).exitCode).toBe(77);
});

test("a gateway that others could listen to does not start, and says which key to change", async () => {
  await using home = await temporaryHome();
  const { env } = home;
  const refused = await runCli(["config", "set", "gateway.bind", "lan"], { env });
  expect(refused).toMatchObject({ exitCode: 78, stderr: expect.stringContaining("gateway.tls.enabled") });
  await mkdir(home.stateDir, { recursive: true });
  await writeFile(home.configPath, '{ gateway: { bind: "lan" } }');
  const start = await runCli(["gateway", "run", "--port", "0"], { env });
  expect(start).toMatchObject({ exitCode: 78, stderr: expect.stringContaining("gateway.tls.enabled") });
});
