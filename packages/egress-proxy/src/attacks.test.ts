import { once } from "node:events";
import type { Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { rest, speak, tunnelTo } from "./client.fixture.ts";
import type { EgressProxyOptions } from "./egress-proxy.ts";
import { createAuthority, createWorld, serveProxy } from "./world.fixture.ts";

const authority = createAuthority();
const world = createWorld();
/** What reached the plain server, as its parser saw it. */
const arrived: string[] = [];

beforeAll(async () => {
  await world.website("ok.test", (request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      arrived.push(`${request.method} ${request.headers.host} ${request.url} ${Buffer.concat(chunks)}`);
      response.end("from ok.test");
    });
  });
  await world.website(
    "secure.test",
    (_request, response) => void response.end("hi"),
    authority.credentials("secure.test"),
  );
  world.name("metadata.test", "169.254.169.254");
  world.name("loopback.test", "127.0.0.1");
  world.name("inner.test", "10.0.0.5");
  world.name("mapped.test", "::ffff:169.254.169.254");
  world.name("translated.test", "64:ff9b::a9fe:a9fe");
  world.name("local6.test", "fe80::1");
  world.name("group.test", "224.0.0.1");
  world.name("cgnat.test", "100.64.1.1");
  world.name("nothing.test");
  world.name("lan.test", "127.0.0.1");
});

beforeEach(() => {
  arrived.length = 0;
  world.dialled.length = 0;
  world.resolved.length = 0;
});

afterAll(async () => {
  authority[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
});

const NAMES = ["metadata", "loopback", "inner", "mapped", "translated", "local6", "group", "cgnat", "nothing"];
const rules = {
  allow: [
    "ok.test",
    "secure.test",
    ...NAMES.map((name) => `${name}.test`),
    { host: "lan.test", private: true },
    { host: "169.254.169.254", private: true },
    { host: "read.test", methods: ["GET"] },
  ],
  deny: ["denied.ok.test"],
};
const proxyOf = (options: Partial<EgressProxyOptions> = {}) => serveProxy({ rules, ...world, ...options });

const get = (host: string, header = host): string =>
  `GET http://${host}/ HTTP/1.1\r\nHost: ${header}\r\nConnection: close\r\n\r\n`;

describe("is refused before a connection is opened", () => {
  test.each([
    ["another domain", "evil.test"],
    ["a name that begins like an allowed one", "ok.test.evil.test"],
    ["a name that ends like an allowed one", "notok.test"],
    ["a name below an allowed one", "a.ok.test"],
    ["an address", "93.184.216.34"],
    ["an address as a number", "1572395042"],
    ["an address in hexadecimal", "0x5db8d822"],
    ["an address in octal", "0135.0270.0330.042"],
    ["loopback as a number", "2130706433"],
    ["loopback with parts left out", "127.1"],
    ["an IPv6 address", "[2606:2800:220:1::1]"],
    ["loopback in IPv6", "[::1]"],
    ["an IPv4-mapped address", "[::ffff:169.254.169.254]"],
    ["metadata by its address, although a rule names it", "169.254.169.254"],
    ["metadata by a name", "metadata.test"],
    ["loopback by a name", "loopback.test"],
    ["this machine by a name that may be private", "lan.test"],
    ["a private network by a name", "inner.test"],
    ["metadata by a mapped address", "mapped.test"],
    ["metadata by a translated address", "translated.test"],
    ["a link-local address by a name", "local6.test"],
    ["multicast by a name", "group.test"],
    ["a carrier's network by a name", "cgnat.test"],
    ["localhost", "localhost"],
  ])("%s", async (_what, host) => {
    await using proxy = await proxyOf();
    expect(await speak(proxy.port, get(host))).toMatch(/^HTTP\/1\.1 403 /);
    expect(await tunnelTo(proxy.port, `${host}:443`)).toMatch(/^HTTP\/1\.1 403 /);
    expect(world.dialled).toEqual([]);
    expect(proxy.records.map(({ verdict }) => verdict)).toEqual(["deny", "deny"]);
  });

  test.each([
    ["a port that no rule names", "ok.test:22"],
    ["a port above the default ones", "ok.test:8443"],
    ["a tunnel where only methods are allowed", "read.test:443"],
    ["what a rule denies", "denied.ok.test:443"],
  ])("%s", async (_what, target) => {
    await using proxy = await proxyOf();
    expect(await tunnelTo(proxy.port, target)).toMatch(/^HTTP\/1\.1 403 /);
    expect(world.dialled).toEqual([]);
  });

  test("what no rule allows is not even looked up, so that names carry nothing out", async () => {
    await using proxy = await proxyOf();
    await speak(proxy.port, get("a-secret.exfil.test"));
    await tunnelTo(proxy.port, "a-secret.exfil.test:443");
    expect(world.resolved).toEqual([]);
  });

  test("a name is looked up once, and what is connected to is what was checked", async () => {
    const answers = [["93.184.216.99"], ["127.0.0.1"]];
    const looked: string[] = [];
    const resolve = async (name: string) => {
      looked.push(name);
      return answers.shift() ?? [];
    };
    await using proxy = await proxyOf({ resolve });
    await speak(proxy.port, get("ok.test"));
    expect(looked).toEqual(["ok.test"]);
    expect(world.dialled).toEqual(["93.184.216.99:80"]);
    expect(await speak(proxy.port, get("ok.test"))).toMatch(/^HTTP\/1\.1 403 /);
  });
});

describe("a tunnel to port 443 is closed", () => {
  async function intoTunnel(
    send: (socket: Socket) => void,
  ): Promise<{ readonly answer: Buffer; readonly reason: string }> {
    await using proxy = await proxyOf();
    const socket = await tunnelTo(proxy.port, "secure.test:443");
    if (typeof socket === "string") throw new Error(socket);
    send(socket);
    const answer = await rest(socket);
    const { end } = await proxy.ended(({ via }) => via === "tunnel");
    expect(end?.verdict).toBe("refused");
    return { answer, reason: end?.reason ?? "" };
  }

  /** As TLS shows it. */
  async function tlsTo(servername: string | undefined): Promise<string> {
    await using proxy = await proxyOf();
    const socket = await tunnelTo(proxy.port, "secure.test:443");
    if (typeof socket === "string") throw new Error(socket);
    const tls = connectTls({ socket, ca: authority.ca, ...(servername === undefined ? {} : { servername }) });
    const [error] = (await once(tls, "error").catch((error: unknown) => [error])) as [Error];
    const { end } = await proxy.ended(({ via }) => via === "tunnel");
    expect(end?.verdict).toBe("refused");
    return `${error.message}; ${end?.reason}; ${end?.sni}`;
  }

  test("when its TLS names another server", async () => {
    expect(await tlsTo("evil.test")).toMatch(/unrecognized name.*names another server.*evil\.test/s);
  });

  test("when the outer name of encrypted TLS is somebody else's", async () => {
    expect(await tlsTo("cloudflare-ech.test")).toMatch(/names another server/);
  });

  test("when its TLS names nobody", async () => {
    expect(await tlsTo(undefined)).toMatch(/names no server/);
  });

  test.each([
    ["HTTP", "GET / HTTP/1.1\r\nHost: secure.test\r\n\r\n"],
    ["SSH", "SSH-2.0-OpenSSH_9.2\r\n"],
    ["zeros", "\0".repeat(64)],
  ])("when what comes is %s", async (_what, bytes) => {
    const { answer, reason } = await intoTunnel((socket) => socket.write(bytes));
    expect(answer[0]).toBe(21);
    expect(reason).toMatch(/does not begin with a TLS handshake/);
  });

  test("when nothing comes and the client ends", async () => {
    const { reason } = await intoTunnel((socket) => socket.end());
    expect(reason).toMatch(/ended before/);
  });

  test("when the hello is not there in time", async () => {
    await using proxy = await proxyOf({ limits: { helloTimeoutMs: 30 } });
    const socket = await tunnelTo(proxy.port, "secure.test:443");
    if (typeof socket === "string") throw new Error(socket);
    socket.write(Buffer.from([22, 3, 1]));
    await rest(socket);
    expect((await proxy.ended(({ via }) => via === "tunnel")).end?.reason).toMatch(/did not come in time/);
  });
});

describe("a plain request is refused", () => {
  const post = (headers: string, body: string): string =>
    `POST http://ok.test/ HTTP/1.1\r\nHost: ok.test\r\n${headers}\r\n\r\n${body}`;

  test.each([
    ["whose Host is another one", get("ok.test", "evil.test")],
    ["whose Host has another port", get("ok.test", "ok.test:8080")],
    ["with two Hosts", "GET http://ok.test/ HTTP/1.1\r\nHost: ok.test\r\nHost: evil.test\r\n\r\n"],
    ["without a Host", "GET http://ok.test/ HTTP/1.1\r\n\r\n"],
    ["of HTTP/1.0 without a Host", "GET http://ok.test/ HTTP/1.0\r\n\r\n"],
    ["that is none to a proxy", "GET / HTTP/1.1\r\nHost: ok.test\r\n\r\n"],
    ["for https", "GET https://ok.test/ HTTP/1.1\r\nHost: ok.test\r\n\r\n"],
    ["for a file", "GET file:///etc/passwd HTTP/1.1\r\nHost: ok.test\r\n\r\n"],
    ["with a user in its address", get("ok.test@evil.test", "evil.test")],
    ["with a backslash in its address", get("ok.test\\@evil.test", "ok.test")],
    ["with an encoded host", get("%6fk.test", "ok.test")],
    ["with a length and chunks", post("Content-Length: 6\r\nTransfer-Encoding: chunked", "0\r\n\r\nX")],
    ["with chunks and a length", post("Transfer-Encoding: chunked\r\nContent-Length: 6", "0\r\n\r\nX")],
    ["with two lengths", post("Content-Length: 1\r\nContent-Length: 2", "xx")],
    ["with a list of lengths", post("Content-Length: 1, 2", "xx")],
    ["with a length that has a sign", post("Content-Length: +1", "x")],
    ["with another coding than chunks", post("Transfer-Encoding: chunked, identity", "0\r\n\r\n")],
    ["with a disguised coding", post("Transfer-Encoding: xchunked", "0\r\n\r\n")],
    ["with a space before a colon", post("Content-Length : 1", "x")],
    ["with a folded header", post("X-A: 1\r\n  Content-Length: 1", "x")],
    ["with bare line feeds", "GET http://ok.test/ HTTP/1.1\nHost: ok.test\n\n"],
    ["with a bare line feed behind a header", "GET http://ok.test/ HTTP/1.1\r\nHost: ok.test\nX-A: 1\r\n\r\n"],
    ["with a bare carriage return", "GET http://ok.test/ HTTP/1.1\r\nHost: ok.test\rX-A: 1\r\n\r\n"],
    ["with a NUL", "GET http://ok.test/ HTTP/1.1\r\nHost: ok.test\r\nX-A: \0\r\n\r\n"],
    ["with a chunk size that overflows", post("Transfer-Encoding: chunked", "fffffffffffffffff\r\nX")],
    ["with too many header bytes", post(`X-A: ${"a".repeat(40_000)}`, "")],
    ["of HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"],
    ["of TLS to the proxy itself", "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00"],
  ])("%s", async (_what, bytes) => {
    await using proxy = await proxyOf();
    const answer = await speak(proxy.port, bytes);
    // Or cut off, where a body turns out to be unreadable when its request is on its way.
    expect(answer).toMatch(/^(HTTP\/1\.1 (400|403|417|431|502) |$)/);
    expect(answer).not.toContain("from ok.test");
    expect(arrived).toEqual([]);
  });

  test("for another host on a connection that served an allowed one", async () => {
    await using proxy = await proxyOf();
    const both = `GET http://ok.test/1 HTTP/1.1\r\nHost: ok.test\r\n\r\n${get("evil.test")}`;
    const answer = await speak(proxy.port, both);
    expect(answer).toMatch(/^HTTP\/1\.1 200 .*from ok\.test.*HTTP\/1\.1 403 /s);
    expect(proxy.records.map(({ host, verdict }) => [host, verdict])).toEqual([
      ["ok.test", "allow"],
      ["evil.test", "deny"],
    ]);
  });

  test.each([
    ["another Host", "GET / HTTP/1.1\r\nHost: evil.test\r\n\r\n"],
    ["another address", "GET http://evil.test/ HTTP/1.1\r\nHost: evil.test\r\n\r\n"],
    ["a tunnel of its own", "CONNECT evil.test:443 HTTP/1.1\r\nHost: evil.test:443\r\n\r\n"],
  ])("for %s inside of a tunnel to port 80", async (_what, inner) => {
    await using proxy = await proxyOf();
    const answer = await speak(proxy.port, `CONNECT ok.test:80 HTTP/1.1\r\nHost: ok.test:80\r\n\r\n${inner}`);
    expect(answer).toMatch(/^HTTP\/1\.1 200 Connection established\r\n\r\nHTTP\/1\.1 400 /);
    expect(arrived).toEqual([]);
  });

  test("when it is one of a flood that does not wait for answers", async () => {
    await using proxy = await proxyOf();
    const flood = "GET http://ok.test/ HTTP/1.1\r\nHost: ok.test\r\n\r\n".repeat(500);
    await speak(proxy.port, flood).catch(() => "");
    expect(proxy.records.length).toBeLessThan(50);
  });
});

describe("what is passed on", () => {
  test("is one request, whatever its body looks like", async () => {
    await using proxy = await proxyOf();
    const hidden = "GET /admin HTTP/1.1\r\nHost: ok.test\r\n\r\n";
    for (const method of ["DELETE", "GET", "OPTIONS", "POST"]) {
      const chunked = `${hidden.length.toString(16)}\r\n${hidden}\r\n0\r\n\r\n`;
      const head = `${method} http://ok.test/ HTTP/1.1\r\nHost: ok.test\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n`;
      expect(await speak(proxy.port, head + chunked)).toContain("from ok.test");
    }
    expect(arrived).toEqual(["DELETE", "GET", "OPTIONS", "POST"].map((method) => `${method} ok.test / ${hidden}`));
  });

  test("has no headers of the client's own connection", async () => {
    const seen: string[] = [];
    await world.rawServer("raw.test", 80, (socket) => {
      socket.on("data", (chunk) => {
        seen.push(chunk.toString());
        socket.end("HTTP/1.1 204 No Content\r\nConnection: x-mine\r\nX-Mine: 1\r\nUpgrade: h2c\r\nX-Kept: 2\r\n\r\n");
      });
    });
    await using proxy = await proxyOf({ network: () => ({ allow: ["raw.test"] }) });
    const headers = [
      "Host: RAW.test:80",
      "Connection: close, X-Drop, Upgrade",
      "X-Drop: 1",
      "Upgrade: h2c",
      "TE: trailers",
      "Proxy-Authorization: Basic Zm9v",
      "Proxy-Connection: keep-alive",
      "__proto__: kept",
      "X-Keep: 1",
      "X-Keep: 2",
    ];
    const answer = await speak(proxy.port, `GET http://raw.test HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n`);
    expect(seen.join("")).toBe(
      "GET / HTTP/1.1\r\nhost: raw.test\r\n__proto__: kept\r\nx-keep: 1\r\nx-keep: 2\r\nConnection: close\r\n\r\n",
    );
    expect(answer).toContain("x-kept: 2");
    expect(answer).not.toMatch(/x-mine|h2c/i);
  });

  test("of an answer can't be a second answer", async () => {
    await world.rawServer("split.test", 80, (socket) => {
      socket.on("data", () =>
        socket.end("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\nX-Evil: 1\r\n\r\n"),
      );
    });
    await using proxy = await proxyOf({ network: () => ({ allow: ["split.test"] }) });
    const answer = await speak(proxy.port, get("split.test"));
    expect(answer).not.toMatch(/x-evil/i);
  });
});
