import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import type { Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { EXEC, fakeEngine, OWN, type TestProxy, testProxy } from "./proxy.fixture.ts";

let directory: string;
let engine: Awaited<ReturnType<typeof fakeEngine>>;
let proxy: TestProxy;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "claw-fake-engine-"));
  engine = await fakeEngine(directory);
  const limits = { connections: 8, requestTimeoutMs: 1_500 };
  proxy = await testProxy({ engine: engine.path, limits });
});

beforeEach(() => {
  engine.forwarded.length = 0;
});

afterAll(async () => {
  await proxy[Symbol.asyncDispose]();
  engine.close();
  await rm(directory, { recursive: true, force: true });
});

const HOST = "Host: docker\r\n";
const UPGRADE = `${HOST}Connection: Upgrade\r\nUpgrade: tcp\r\n`;
const start = `POST /containers/${OWN}/start HTTP/1.1\r\n${HOST}`;
const evil = `POST /containers/${OWN}/kill HTTP/1.1\r\n${HOST}Content-Length: 0\r\n\r\n`;
const attach = `POST /containers/${OWN}/attach?stream=1 HTTP/1.1\r\n${UPGRADE}`;

describe("ends in an error and forwards nothing:", () => {
  test.each([
    ["a length and chunks", `${start}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${evil}`],
    ["chunks and a length", `${start}Transfer-Encoding: chunked\r\nContent-Length: 6\r\n\r\n0\r\n\r\n${evil}`],
    ["two lengths", `${start}Content-Length: 0\r\nContent-Length: ${evil.length}\r\n\r\n${evil}`],
    ["one length twice", `${start}Content-Length: 0\r\nContent-Length: 0\r\n\r\n`],
    ["a length with a sign", `${start}Content-Length: +0\r\n\r\n`],
    ["two lengths in a line", `${start}Content-Length: 0, 5\r\n\r\nhello`],
    ["an encoding that hides one", `${start}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n`],
    ["two encodings", `${start}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`],
    ["a space before the colon", `${start}Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n`],
    ["a folded header", `${start}X: a\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`],
    ["lines that end without a return", `POST /containers/${OWN}/start HTTP/1.1\nHost: docker\n\n`],
    ["a header that ends without a return", `${start}X: y\nContent-Length: 0\r\n\r\n`],
    ["a return inside of a header", `${start}X: y\rz\r\nContent-Length: 0\r\n\r\n`],
    ["a NUL in a header", `${start}X: y\0z\r\nContent-Length: 0\r\n\r\n`],
    ["chunks that end without a return", `${start}Transfer-Encoding: chunked\r\n\r\n1\na\n0\n\n`],
    ["a chunk of a size that is none", `${start}Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n`],
    ["HTTP/1.0", `GET /containers/${OWN}/json HTTP/1.0\r\n\r\n`],
    ["HTTP/0.9", "GET /containers/json\r\n"],
    ["no host", `POST /containers/${OWN}/start HTTP/1.1\r\n\r\n`],
    ["a tunnel", `CONNECT docker:80 HTTP/1.1\r\n${HOST}\r\n${evil}`],
    [
      "h2c",
      `GET /containers/json HTTP/1.1\r\n${HOST}Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n\r\n`,
    ],
    ["HTTP/2 without asking", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    [
      "a WebSocket",
      `GET /containers/${OWN}/attach HTTP/1.1\r\n${HOST}Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n`,
    ],
    ["two protocols to choose from", attach.replace("Upgrade: tcp", "Upgrade: tcp, h2c").concat("\r\n")],
    ["an upgrade of another call", `${start}Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n`],
    ["an upgrade with a body in chunks", `${attach}Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n`],
    ["an upgrade with a body that is too long", `${attach}Content-Length: 99999999\r\n\r\n`],
    [
      "an upgrade with another body",
      `${attach}Content-Type: application/json\r\nContent-Length: 16\r\n\r\n{"DetachKeys":1}`,
    ],
    ["an expectation", `${start}Expect: 100-continue\r\nContent-Length: 0\r\n\r\n`],
    ["an expectation of something else", `${start}Expect: x\r\nContent-Length: 0\r\n\r\n`],
    ["headers that are too long", `${start}X: ${"y".repeat(20_000)}\r\n\r\n`],
    [
      "a body in another encoding",
      `POST /containers/${OWN}/exec HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}`,
    ],
    [
      "a body of another type",
      `POST /containers/${OWN}/exec HTTP/1.1\r\n${HOST}Content-Type: text/json\r\nContent-Length: 14\r\n\r\n{"Cmd":["id"]}`,
    ],
    [
      "a body in another character set",
      `POST /containers/${OWN}/exec HTTP/1.1\r\n${HOST}Content-Type: application/json; charset=utf-16\r\nContent-Length: 14\r\n\r\n{"Cmd":["id"]}`,
    ],
    [
      "a body that is not UTF-8",
      `POST /containers/${OWN}/exec HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 14\r\n\r\n{"Cmd":["\u00ff\u00ff"]}`,
    ],
    ["something else", "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003"],
  ])("%s", async (_what, bytes) => {
    const answer = await proxy.raw(Buffer.from(bytes, "latin1"));
    expect(answer).toMatch(/^(?:HTTP\/1\.1 (?:4\d\d|505) |$)/);
    expect(answer.match(/HTTP\/1\.1 \d/g)?.length ?? 0).toBeLessThanOrEqual(1);
    expect(engine.forwarded).toEqual([]);
  });
});

test("a request behind another on the same connection is never served", async () => {
  await proxy.raw(`${start}Content-Length: 0\r\n\r\n${evil}`);
  expect(engine.forwarded.map(({ url }) => url)).not.toContain(`/v1.41/containers/${OWN}/kill`);
});

test("an upgrade behind another request on the same connection is never served", async () => {
  await proxy.raw(`${start}Content-Length: 0\r\n\r\n${attach}\r\n`);
  expect(engine.forwarded.map(({ url }) => url)).not.toContain(`/v1.41/containers/${OWN}/attach?stream=1`);
});

test("a request sent after the answer to another finds the connection closed", async () => {
  const socket = proxy.connect();
  socket.on("error", () => {}).resume();
  socket.write(`${start}Content-Length: 0\r\n\r\n`);
  await once(socket, "end");
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.end(evil);
  await closed;
  expect(engine.forwarded.map(({ url }) => url)).toEqual([`/v1.41/containers/${OWN}/start`]);
});

test("trailers and extensions of chunks are left behind", async () => {
  const body = `${start}Transfer-Encoding: chunked\r\n\r\n0;x=y\r\nX: y\r\n\r\n`;
  expect(await proxy.raw(body)).toMatch(/^HTTP\/1\.1 201 /);
  expect(engine.forwarded).toMatchObject([
    { headers: { host: "docker", "content-length": "0", connection: "close" }, body: "" },
  ]);
});

describe("a stream", () => {
  const open = async (request: string): Promise<Socket> => {
    const socket = proxy.connect();
    socket.on("error", () => {});
    socket.write(request);
    const [head] = await once(socket, "data");
    expect(String(head)).toMatch(/^HTTP\/1\.1 101 /);
    return socket;
  };
  const rest = async (socket: Socket): Promise<string> => {
    let received = "";
    for await (const chunk of socket) received += chunk;
    return received;
  };

  test("carries what follows the body, and nothing of the request itself", async () => {
    const body = '{"Detach":false,"Tty":true}';
    const request = `POST /exec/${EXEC}/start HTTP/1.1\r\n${UPGRADE}Content-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const socket = await open(`${request}${evil}`);
    socket.end("more");
    expect(await rest(socket)).toBe(`${evil}more`);
    expect(engine.forwarded).toHaveLength(1);
  });

  test("is opened by dockerode's empty chunks, byte by byte", async () => {
    const socket = proxy.connect();
    const request = `${attach}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`;
    for (const byte of request) {
      if (!socket.write(byte)) await once(socket, "drain");
    }
    const [head] = await once(socket, "data");
    expect(String(head)).toMatch(/^HTTP\/1\.1 101 /);
    socket.end("input");
    expect(await rest(socket)).toBe("input");
  });

  test("holds its writer back while nobody reads, in both directions, and loses nothing", async () => {
    const socket = await open(`${attach}\r\n`);
    socket.pause();
    const chunk = Buffer.alloc(64 * 1024, 7);
    let sent = 0;
    // Ends when everything between here and the engine's echo is full.
    while (sent < 64 * 1024 * 1024) {
      sent += chunk.length;
      if (socket.write(chunk)) continue;
      // A stall has no event of its own; one that is taken for it too early sends less, and proves the same.
      const drained = await Promise.race([
        once(socket, "drain").then(() => true),
        new Promise<boolean>((resolve) => setTimeout(resolve, 300, false)),
      ]);
      if (!drained) break;
    }
    expect(sent).toBeLessThan(16 * 1024 * 1024);
    socket.end();
    let received = 0;
    for await (const bytes of socket) received += bytes.length;
    expect(received).toBe(sent);
  });
});

test("who sends headers, a body or an upgrade's body slowly is cut off", async () => {
  const body = `POST /containers/${OWN}/exec HTTP/1.1\r\n${HOST}Content-Type: application/json\r\nContent-Length: 50\r\n\r\n{`;
  const stuck = ["GET /containers/json HT", `${start}X: `, body, `${attach}Content-Length: 9\r\n\r\n{`];
  const answers = await Promise.all(stuck.map((bytes) => proxy.raw(bytes)));
  for (const answer of answers) expect(answer).toMatch(/^(?:HTTP\/1\.1 4|$)/);
  expect(engine.forwarded).toEqual([]);
});

test("a flood of connections is bounded, and over when it is over", async () => {
  const sockets = Array.from({ length: 30 }, () => proxy.connect().on("error", () => {}));
  await Promise.all(sockets.slice(8).map((socket) => once(socket.resume(), "end")));
  for (const socket of sockets) socket.destroy();
  await expect.poll(() => proxy.ask("GET", "/containers/json").then(({ status }) => status)).toBe(201);
});

test("a request that can't be recorded is refused", async () => {
  const audit = () => Promise.reject(new Error("the disk is full"));
  await using deaf = await testProxy({ engine: engine.path, audit });
  expect(await deaf.ask("POST", `/containers/${OWN}/start`)).toMatchObject({ status: 503 });
  expect(engine.forwarded).toEqual([]);
});

test("an engine that is not there is said to be so", async () => {
  await using alone = await testProxy({ engine: join(directory, "nothing.sock") });
  expect(await alone.ask("GET", "/_ping")).toMatchObject({ status: 502, body: expect.stringContaining("ENOENT") });
});
