import { once } from "node:events";
import { connect, Socket } from "node:net";
import { duplexPair } from "node:stream";
import { text } from "node:stream/consumers";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { rest, speak, tunnelTo } from "./client.fixture.ts";
import { type EgressProxyOptions, egressProxy } from "./egress-proxy.ts";
import { manualClock } from "./manual-clock.fixture.ts";
import { createWorld, serveProxy } from "./world.fixture.ts";

const world = createWorld();
/** Connections that the raw server has. */
const connections: Socket[] = [];

beforeAll(async () => {
  await world.website("plain.test", async (request, response) => {
    response.end(`${request.method} ${request.url} ${await text(request)}`);
  });
  await world.rawServer("raw.test", 7000, (socket) => {
    connections.push(socket);
    socket.on("error", () => {});
  });
});

afterAll(() => world[Symbol.asyncDispose]());

const rules = { allow: ["plain.test", "raw.test:7000", "gone.test"] };
const proxyOf = (options: Partial<EgressProxyOptions> & { readonly signal?: AbortSignal } = {}) =>
  serveProxy({ rules, ...world, ...options });

/** Both ends of a tunnel to the raw server. */
async function openTunnel(port: number): Promise<readonly [Socket, Socket]> {
  const client = await tunnelTo(port, "raw.test:7000");
  if (typeof client === "string") throw new Error(client);
  const server = connections.at(-1);
  if (server === undefined) throw new Error("nothing arrived");
  return [client, server];
}

/** Resolves when the other side has ended the connection or broken it off. */
async function over(socket: Socket): Promise<void> {
  socket.on("error", () => {}).resume();
  if (!socket.closed) await Promise.race([once(socket, "end"), once(socket, "close")]);
}

const get = (path: string): string =>
  `GET http://plain.test${path} HTTP/1.1\r\nHost: plain.test\r\nConnection: close\r\n\r\n`;

describe("a tunnel", () => {
  test("carries each direction to its own end", async () => {
    await using proxy = await proxyOf();
    const [client, server] = await openTunnel(proxy.port);
    client.end("question");
    expect(await text(server)).toBe("question");
    server.end("answer");
    expect((await rest(client)).toString()).toBe("answer");
    const record = await proxy.ended(({ via }) => via === "tunnel");
    expect(record.end).toMatchObject({ verdict: "done", bytesUp: 8, bytesDown: 6 });
  });

  test("ends at one side when the other one breaks off", async () => {
    await using proxy = await proxyOf();
    const [client, server] = await openTunnel(proxy.port);
    const closed = over(client);
    server.resetAndDestroy();
    await closed;
    const [second, secondServer] = await openTunnel(proxy.port);
    const serverClosed = over(secondServer);
    second.resetAndDestroy();
    await serverClosed;
  });

  test("holds back who sends when nobody reads", async () => {
    await using proxy = await proxyOf();
    const [client, server] = await openTunnel(proxy.port);
    server.pause();
    let sent = 0;
    const chunk = Buffer.alloc(65_536);
    // Until the kernel's buffers and the proxy's are full.
    while (sent < 200 * chunk.length) {
      sent += chunk.length;
      if (client.write(chunk)) continue;
      const drained = await Promise.race([
        once(client, "drain"),
        new Promise((resolve) => setTimeout(resolve, 300, "full")),
      ]);
      if (drained === "full") break;
    }
    expect(sent).toBeLessThan(200 * chunk.length);
    let received = 0;
    server.on("data", (data: Buffer) => (received += data.length)).resume();
    client.end();
    await once(server, "end");
    expect(received).toBe(sent);
    server.end();
  });

  test("ends with the signal it was accepted with", async () => {
    const aborted = new AbortController();
    await using proxy = await proxyOf({ signal: aborted.signal });
    const [client, server] = await openTunnel(proxy.port);
    const closed = [over(client), over(server)];
    aborted.abort();
    await Promise.all(closed);
    expect((await proxy.ended(() => true)).end?.verdict).toBeDefined();
  });

  test("through which nothing comes is closed", async () => {
    const clock = manualClock();
    await using proxy = await proxyOf({ clock });
    const [client] = await openTunnel(proxy.port);
    const closed = over(client);
    clock.advance(300_000);
    await closed;
    expect((await proxy.ended(() => true)).end?.reason).toMatch(/nothing came through/);
  });
});

describe("limits", () => {
  test("bound the connections of an identity", async () => {
    await using proxy = await proxyOf({ limits: { connections: 2 } });
    const [first] = await openTunnel(proxy.port);
    await openTunnel(proxy.port);
    expect(await speak(proxy.port, get("/"))).toMatch(/^HTTP\/1\.1 429 /);
    first.resetAndDestroy();
    await proxy.ended(() => true);
    expect(await speak(proxy.port, get("/"))).toMatch(/^HTTP\/1\.1 200 /);
  });

  test("bound its requests, and a flood of them is one record", async () => {
    const clock = manualClock();
    await using proxy = await proxyOf({ clock, limits: { requestsPerMinute: 2 } });
    const answers: string[] = [];
    for (let round = 0; round < 5; round++) answers.push((await speak(proxy.port, get("/"))).slice(9, 12));
    expect(answers).toEqual(["200", "200", "429", "429", "429"]);
    expect(proxy.records.filter(({ verdict }) => verdict === "deny").length).toBe(1);
    clock.advance(60_000);
    expect(await speak(proxy.port, get("/"))).toMatch(/^HTTP\/1\.1 200 /);
  });

  test.each([
    ["up", { bytesUpPerHour: 100_000 }],
    ["down", { bytesDownPerHour: 100_000 }],
  ] as const)("bound the bytes %s", async (direction, limits) => {
    await using proxy = await proxyOf({ limits });
    const [client, server] = await openTunnel(proxy.port);
    const [from, to] = direction === "up" ? [client, server] : [server, client];
    let received = 0;
    const closed = over(to.on("data", (data: Buffer) => (received += data.length)));
    from.on("error", () => {}).write(Buffer.alloc(1_000_000));
    await closed;
    expect(received).toBeLessThanOrEqual(100_000);
    expect((await proxy.ended(() => true)).end?.reason).toMatch(/used up/);
  });

  test("end a connection whose request does not come", async () => {
    const clock = manualClock();
    await using proxy = await proxyOf({ clock });
    const socket = connect({ port: proxy.port, host: "127.0.0.1" });
    await once(socket, "connect");
    socket.write("GET http://plain.test/ HTTP/1.1\r\n");
    const closed = once(socket.resume(), "close");
    // Once more than the proxy needs to have seen the connection.
    await speak(proxy.port, get("/"));
    clock.advance(60_000);
    await closed;
  });

  test("end a connection that can't be made", async () => {
    const clock = manualClock();
    // Never connected to anything.
    const dial = () => new Socket();
    await using proxy = await proxyOf({ clock, dial });
    const answer = speak(proxy.port, get("/"));
    while (proxy.records.length === 0) await new Promise(setImmediate);
    await new Promise(setImmediate);
    clock.advance(10_000);
    expect(await answer).toMatch(/^HTTP\/1\.1 504 .*no connection within 10000 ms/s);
  });
});

describe("a record", () => {
  test("that can't be written stops the request", async () => {
    const audit = { decided: () => Promise.reject(new Error("the disk is full")) };
    await using proxy = await proxyOf({ audit });
    const before = world.dialled.length;
    expect(await speak(proxy.port, get("/"))).toMatch(/^HTTP\/1\.1 503 .*could not be recorded/s);
    expect(world.dialled.length).toBe(before);
  });

  test("says when nobody was there", async () => {
    await using proxy = await proxyOf();
    world.name("gone.test", "93.184.217.1");
    const answer = await speak(proxy.port, "GET http://gone.test/ HTTP/1.1\r\nHost: gone.test\r\n\r\n");
    expect(answer).toMatch(/^HTTP\/1\.1 502 .*could not be reached: ECONNREFUSED/s);
    expect(proxy.records[0]?.end).toMatchObject({ verdict: "failed", reason: "ECONNREFUSED" });
  });

  test("of an answer that is broken off says so, and the client sees it broken off", async () => {
    await world.rawServer("broken.test", 80, (socket) => {
      socket.on("data", () => {
        socket.write("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf", () => socket.resetAndDestroy());
      });
    });
    await using proxy = await serveProxy({ rules: { allow: ["broken.test"] }, ...world });
    await speak(proxy.port, "GET http://broken.test/ HTTP/1.1\r\nHost: broken.test\r\n\r\n").catch(() => "");
    expect((await proxy.ended(() => true)).end?.verdict).toBe("failed");
  });
});

test("a person who is asked holds the request, and a yes lets it through", async () => {
  const asked = Promise.withResolvers<string>();
  const answered = Promise.withResolvers<"session">();
  await using proxy = await serveProxy({
    ...world,
    onRefused({ host, port, method }) {
      asked.resolve(`${method} ${host}:${port}`);
      return answered.promise;
    },
  });
  const answer = speak(proxy.port, get("/held"));
  expect(await asked.promise).toBe("GET plain.test:80");
  expect(proxy.records).toEqual([]);
  answered.resolve("session");
  expect(await answer).toContain("GET /held");
  expect(proxy.records[0]).toMatchObject({ verdict: "allow", rule: "consent: session" });
});

test("nobody is asked about what a rule denies, and a yes opens no private network", async () => {
  const asked: string[] = [];
  world.name("inner.test", "10.0.0.1");
  await using proxy = await serveProxy({
    ...world,
    rules: { deny: ["plain.test"] },
    onRefused({ host }) {
      asked.push(host);
      return "always";
    },
  });
  expect(await speak(proxy.port, get("/"))).toMatch(/^HTTP\/1\.1 403 /);
  const inner = await speak(proxy.port, "GET http://inner.test/ HTTP/1.1\r\nHost: inner.test\r\n\r\n");
  expect(inner).toMatch(/^HTTP\/1\.1 403 .*not on the public internet/s);
  expect(asked).toEqual(["inner.test"]);
});

test("nobody is asked for an identity whose rules say so", async () => {
  const onRefused = () => {
    throw new Error("somebody was asked");
  };
  await using proxy = await serveProxy({ ...world, rules: { ask: false }, onRefused });
  expect(await speak(proxy.port, get("/"))).toMatch(/^HTTP\/1\.1 403 .*no rule allows it\./s);
});

test("a stream that is no socket is served, and a proxy that ends takes its connections along", async () => {
  const proxy = egressProxy({ network: () => rules, ...world });
  const [client, connection] = duplexPair();
  proxy.accept(connection, { id: "a", scope: "b" });
  client.write(get("/virtual"));
  const [answer] = (await once(client, "data")) as [Buffer];
  expect(answer.toString()).toContain("HTTP/1.1 200 OK");
  const [idle, second] = duplexPair();
  proxy.accept(second, { id: "a", scope: "b" });
  idle.on("error", () => {});
  const closed = once(second, "close");
  await proxy[Symbol.asyncDispose]();
  await closed;
});

test("rules that can't be read refuse everything", async () => {
  await using proxy = await serveProxy({ ...world, rules: { allow: ["not a host"] } });
  expect(await speak(proxy.port, get("/")).catch(() => "")).not.toContain("200 OK");
});
