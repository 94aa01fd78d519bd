import { once } from "node:events";
import { createServer, type IncomingMessage, request } from "node:http";
import { type AddressInfo, connect as connectSocket, type Socket } from "node:net";
import { MAX_PAYLOAD_BYTES, MAX_PRE_AUTH_SOCKETS } from "@claw/protocol";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { hello } from "../connect.fixture.ts";
import { startGateway, type TestGateway } from "../gateway.fixture.ts";
import { type Listening, listen } from "./listen.ts";
import { acceptUpgrades } from "./websocket.ts";

let started: TestGateway;
let listening: Listening;

beforeAll(async () => {
  started = await startGateway();
  listening = await listen(started.gateway, { host: "127.0.0.1", port: 0 });
});

afterAll(async () => {
  await listening.close();
  await started[Symbol.asyncDispose]();
});

interface Opened {
  readonly socket: WebSocket;
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** The next frame. */
  frame(): Promise<Record<string, unknown>>;
}

async function open(headers: Record<string, string> = {}): Promise<Opened> {
  const socket = new WebSocket(`ws://127.0.0.1:${listening.port}/`, { headers });
  const frames: Record<string, unknown>[] = [];
  socket.on("error", () => {});
  socket.on("message", (data) => frames.push(JSON.parse(data.toString())));
  const closed = once(socket, "close").then(([code, reason]) => ({ code, reason: String(reason) }));
  await once(socket, "open");
  const frame = async () => {
    while (frames.length === 0) await once(socket, "message");
    return frames.shift() ?? {};
  };
  return { socket, closed, frame };
}

async function admitted(): Promise<Opened> {
  const opened = await open();
  await opened.frame();
  opened.socket.send(JSON.stringify({ type: "req", id: "c", method: "connect", params: hello("secret") }));
  expect(await opened.frame()).toMatchObject({ ok: true });
  return opened;
}

/** An upgraded connection whose bytes are ours to choose. */
async function rawUpgrade(headers: Record<string, string> = {}): Promise<Socket> {
  const upgrade = { connection: "Upgrade", upgrade: "websocket", "sec-websocket-version": "13" };
  const key = { "sec-websocket-key": Buffer.alloc(16, 1).toString("base64") };
  const asking = request({
    port: listening.port,
    host: "127.0.0.1",
    headers: { ...upgrade, ...key, ...headers },
  }).end();
  const [, socket] = (await once(asking, "upgrade")) as [IncomingMessage, Socket, Buffer];
  socket.on("error", () => {});
  return socket;
}

/** The head of a masked text frame that announces `bytes`. */
function frameHead(bytes: number): Buffer {
  const head = Buffer.alloc(14);
  head.writeUInt16BE(0x81ff);
  head.writeBigUInt64BE(BigInt(bytes), 2);
  return head;
}

/** The code of the first close frame that arrives. */
async function closeCode(socket: Socket): Promise<number> {
  let received = Buffer.alloc(0);
  for await (const chunk of socket) {
    received = Buffer.concat([received, chunk]);
    const at = received.indexOf(0x88);
    if (at >= 0 && received.length >= at + 4) return received.readUInt16BE(at + 2);
  }
  throw new Error("closed without a close frame");
}

test("a stranger's endless frame is cut off at once, and not read to its end", async () => {
  const socket = await rawUpgrade();
  const code = closeCode(socket);
  socket.write(frameHead(20 * 1024 * 1024));
  // A hundredth of what was announced is enough to be told to stop.
  socket.write(Buffer.alloc(200 * 1024));
  expect(await code).toBe(1009);
  socket.destroy();
});

test("a stranger's frame over 64 KiB closes with 1009", async () => {
  const { socket, closed } = await open();
  socket.send("x".repeat(70 * 1024));
  expect(await closed).toEqual({ code: 1009, reason: expect.stringContaining("65536") });
});

test("an admitted client may send megabytes, and no more than was agreed", async () => {
  const { socket, frame, closed } = await admitted();
  const params = { sessionKey: "main", message: "x".repeat(2 * 1024 * 1024), idempotencyKey: "big" };
  socket.send(JSON.stringify({ type: "req", id: "1", method: "chat.send", params }));
  let answer = await frame();
  while (answer["id"] !== "1") answer = await frame();
  expect(answer).toMatchObject({ ok: true });
  socket.send(Buffer.alloc(MAX_PAYLOAD_BYTES + 1, "x"), { binary: false });
  expect((await closed).code).toBe(1009);
});

test("a binary frame closes with what was expected", async () => {
  const { socket, closed } = await open();
  socket.send(Buffer.from("{}"));
  expect(await closed).toEqual({ code: 1008, reason: "expected text frames" });
});

test("a foreign page and a foreign name are closed with the reason", async () => {
  expect(await (await open({ origin: "https://evil.example" })).closed).toEqual({
    code: 1008,
    reason: expect.stringContaining("origin not allowed"),
  });
  expect(await (await open({ host: "evil.example" })).closed).toEqual({
    code: 1008,
    reason: expect.stringContaining("host not allowed"),
  });
});

test("a client that breaks the framing, refused or not, ends nothing but its own connection", async () => {
  for (const headers of [{ origin: "https://evil.example" }, {}]) {
    const socket = await rawUpgrade(headers);
    socket.write(Buffer.from([0xff, 0xff, 0xff, 0xff, 0xff, 0xff]));
    await once(socket.resume(), "close");
  }
  const { socket } = await admitted();
  socket.close();
});

test("what is no WebSocket handshake is refused over HTTP", async () => {
  const socket = connectSocket(listening.port, "127.0.0.1");
  socket.write("GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  const [answer] = await once(socket, "data");
  expect(String(answer)).toMatch(/^HTTP\/1\.1 400 /);
  socket.destroy();
});

test("strangers that never say hello can't take the place of others", async () => {
  const strangers = await Promise.all(Array.from({ length: MAX_PRE_AUTH_SOCKETS }, () => open()));
  const waiting = new WebSocket(`ws://127.0.0.1:${listening.port}/`);
  const neighbour = new WebSocket(`ws://127.0.0.1:${listening.port}/`, { localAddress: "127.0.0.2" });
  await once(neighbour, "message");
  expect(waiting.readyState).toBe(WebSocket.CONNECTING);
  neighbour.terminate();
  strangers[0]?.socket.terminate();
  await once(waiting, "message");
  waiting.terminate();
  for (const { socket } of strangers) socket.terminate();
  await Promise.all(strangers.map(({ closed }) => closed));
});

test("an upgrade of another path is left to others, and refused when there are none", async () => {
  const server = createServer();
  const terminate = acceptUpgrades(server, started.gateway, { path: "/gateway" });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const served = new WebSocket(`${address}/gateway?x=1`);
  const [challenge] = await once(served, "message");
  expect(String(challenge)).toContain("connect.challenge");
  const refused = new WebSocket(`${address}/elsewhere`);
  const [, response] = (await once(
    refused.on("error", () => {}),
    "unexpected-response",
  )) as [unknown, IncomingMessage];
  expect(response.statusCode).toBe(404);
  terminate();
  server.close();
});

test("a client that answers no ping is dead, and one that does stays", async () => {
  const server = createServer();
  const terminate = acceptUpgrades(server, started.gateway, { pingIntervalMs: 50 });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const silent = new WebSocket(address, { autoPong: false });
  const alive = new WebSocket(address);
  const ended = once(silent, "close");
  await Promise.all([once(alive, "ping"), once(silent, "ping")]);
  expect((await ended)[0]).toBe(1006);
  await once(alive, "ping");
  expect(alive.readyState).toBe(WebSocket.OPEN);
  terminate();
  server.close();
});

test("a thousand clients that come at once are all greeted", async () => {
  const clients = await Promise.all(Array.from({ length: 1_000 }, admitted));
  for (const { socket } of clients) socket.terminate();
  await Promise.all(clients.map(({ closed }) => closed));
});
