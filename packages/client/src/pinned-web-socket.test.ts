import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { generate } from "selfsigned";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocketServer } from "ws";
import { createClient } from "./client.ts";
import { pinnedWebSocket } from "./pinned-web-socket.ts";

const upgrades: string[] = [];
let server: ReturnType<typeof createServer>;
let fingerprint: string;
let url: string;

beforeAll(async () => {
  const { cert, private: key } = await generate([{ name: "commonName", value: "elsewhere" }], {
    keyType: "ec",
    algorithm: "sha256",
  });
  fingerprint = new X509Certificate(cert).fingerprint256;
  server = createServer({ cert, key });
  const sockets = new WebSocketServer({ noServer: true });
  server.on("upgrade", (request, socket, head) => {
    upgrades.push(request.url ?? "");
    sockets.handleUpgrade(request, socket, head, (webSocket) => webSocket.close(4001, "reached"));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  url = `wss://127.0.0.1:${(server.address() as AddressInfo).port}/`;
});
afterAll(() => void server.close());

const outcome = async (WebSocket?: ReturnType<typeof pinnedWebSocket>): Promise<string> => {
  const client = createClient({ url, reconnect: false, ...(WebSocket === undefined ? {} : { WebSocket }) });
  return client.ready().then(
    () => "connected",
    (error: Error) => error.message,
  );
};

test("the pinned certificate is accepted, in whatever form its fingerprint is written", async () => {
  for (const text of [fingerprint, fingerprint.replaceAll(":", "").toLowerCase()]) {
    expect(await outcome(pinnedWebSocket(text))).toBe("reached");
  }
});

test("another certificate is refused with its fingerprint, before anything is sent", async () => {
  upgrades.length = 0;
  expect(await outcome(pinnedWebSocket("00".repeat(32)))).toContain(fingerprint.replaceAll(":", ""));
  expect(upgrades).toEqual([]);
});

test("without a pin a self-signed certificate is refused", async () => {
  upgrades.length = 0;
  expect(await outcome()).toContain("can't be reached");
  expect(upgrades).toEqual([]);
});

test.each(["", "AA:BB", "zz".repeat(32)])('"%s" is no fingerprint', (text) => {
  expect(() => pinnedWebSocket(text)).toThrowError(/64 hexadecimal digits/);
});
