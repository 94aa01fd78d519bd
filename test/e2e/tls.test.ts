import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pinnedWebSocket } from "@claw/client/node";
import { expect, test } from "vitest";
import { startGateway } from "./harness/gateway.ts";

test("the built gateway makes its certificate and serves under it", async () => {
  await using gateway = await startGateway({ config: { gateway: { tls: { enabled: true } } } });
  const certificate = new X509Certificate(await readFile(join(gateway.stateDir, "gateway", "tls-cert.pem")));
  const client = await gateway.connect({
    url: gateway.webSocketUrl.replace("ws:", "wss:"),
    WebSocket: pinnedWebSocket(certificate.fingerprint256),
  });
  expect(await client.request("health", {})).toMatchObject({ ok: true });
  client.close();
  await expect(fetch(`${gateway.url}/health`)).rejects.toThrow();
});
