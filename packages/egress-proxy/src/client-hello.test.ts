import { spawn } from "node:child_process";
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { connect } from "node:tls";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MAX_HELLO_BYTES, parseClientHello } from "./client-hello.ts";

/** The first message that a program sends to a server. */
async function helloOf(start: (port: number) => Disposable): Promise<Buffer> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  using _client = start((server.address() as AddressInfo).port);
  const [socket] = (await once(server, "connection")) as [Socket];
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket) {
    bytes = Buffer.concat([bytes, chunk]);
    if (parseClientHello(bytes).state !== "incomplete") break;
  }
  server.close();
  return bytes;
}

const program = (command: string, args: (port: number) => readonly string[]) => (port: number) => {
  const child = spawn(command, args(port), { stdio: "ignore" });
  return { [Symbol.dispose]: () => void child.kill() };
};

const PYTHON =
  "import ssl,socket,sys;ssl.create_default_context().wrap_socket(socket.create_connection(('127.0.0.1',int(sys.argv[1]))),server_hostname='api.example.org')";

const clients = {
  node: (port: number) => {
    const socket = connect({ port, host: "127.0.0.1", servername: "api.example.org" });
    socket.on("error", () => {});
    return { [Symbol.dispose]: () => void socket.destroy() };
  },
  curl: program("curl", (port) => [
    "--silent",
    "--resolve",
    `api.example.org:${port}:127.0.0.1`,
    `https://api.example.org:${port}/`,
  ]),
  openssl: program("openssl", (port) => [
    "s_client",
    "-connect",
    `127.0.0.1:${port}`,
    "-servername",
    "api.example.org",
  ]),
  "openssl with TLS 1.2": program("openssl", (port) => [
    "s_client",
    "-tls1_2",
    "-connect",
    `127.0.0.1:${port}`,
    "-servername",
    "api.example.org",
  ]),
  python: program("python3", (port) => ["-c", PYTHON, String(port)]),
};

describe.each(Object.entries(clients))("a hello of %s", (_name, start) => {
  test("names its server, cut at any byte it is incomplete, and what it asks for is never too much", async () => {
    const hello = await helloOf(start);
    expect(parseClientHello(hello)).toEqual({ state: "hello", serverName: "api.example.org" });
    for (let cut = 0; cut < hello.length; cut++) {
      const parsed = parseClientHello(hello.subarray(0, cut));
      if (parsed.state !== "incomplete") throw new Error(`${parsed.state} after ${cut} bytes`);
      expect(parsed.atLeast).toBeGreaterThan(cut);
      expect(parsed.atLeast).toBeLessThanOrEqual(hello.length);
    }
  });

  test("reads the same when it is split over records", async () => {
    const hello = await helloOf(start);
    const message = hello.subarray(5);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 30 }), (sizes) => {
        const split = records(message, sizes);
        expect(parseClientHello(split)).toEqual({ state: "hello", serverName: "api.example.org" });
        const early = parseClientHello(split.subarray(0, split.length - 1));
        expect(early.state).toBe("incomplete");
      }),
    );
  });
});

function records(message: Buffer, sizes: readonly number[]): Buffer {
  const parts: Buffer[] = [];
  let at = 0;
  for (const size of [...sizes, message.length]) {
    const part = message.subarray(at, at + size);
    at += part.length;
    if (part.length > 0) parts.push(record(part));
  }
  return Buffer.concat(parts);
}

function record(content: Uint8Array): Buffer {
  return Buffer.concat([Buffer.from([22, 3, 1, content.length >> 8, content.length & 255]), content]);
}

const sized = (width: 1 | 2, content: Uint8Array): Buffer =>
  Buffer.concat([Buffer.from(width === 1 ? [content.length] : [content.length >> 8, content.length & 255]), content]);

const extension = (type: number, data: Uint8Array): Buffer => Buffer.concat([Buffer.from([0, type]), sized(2, data)]);

const serverName = (...names: readonly string[]): Buffer =>
  extension(
    0,
    sized(2, Buffer.concat(names.map((name) => Buffer.concat([Buffer.of(0), sized(2, Buffer.from(name, "latin1"))])))),
  );

function hello(...extensions: readonly Buffer[]): Buffer {
  const body = Buffer.concat([
    Buffer.from([3, 3]),
    Buffer.alloc(32, 7),
    sized(1, Buffer.alloc(32)),
    sized(2, Buffer.from([0x13, 0x01])),
    sized(1, Buffer.of(0)),
    ...(extensions.length === 0 ? [] : [sized(2, Buffer.concat(extensions))]),
  ]);
  return record(Buffer.concat([Buffer.from([1, 0, body.length >> 8, body.length & 255]), body]));
}

describe("a ClientHello", () => {
  test("names the host as it is written", () => {
    expect(parseClientHello(hello(serverName("A.example")))).toEqual({ state: "hello", serverName: "A.example" });
  });

  test("without a server name has none", () => {
    expect(parseClientHello(hello())).toEqual({ state: "hello", serverName: undefined });
    expect(parseClientHello(hello(extension(10, Buffer.alloc(2))))).toEqual({ state: "hello", serverName: undefined });
  });

  test.each([
    ["that names two servers", hello(serverName("a.test", "b.test"))],
    ["with two server name extensions", hello(serverName("a.test"), serverName("b.test"))],
    ["with an empty server name", hello(serverName(""))],
    ["that is HTTP", Buffer.from("GET / HTTP/1.1\r\n")],
    ["that is SSH", Buffer.from("SSH-2.0-OpenSSH_9.2\r\n")],
    ["that is SSL 2", Buffer.from([0x80, 0x2e, 1, 0, 2])],
    ["of an unknown version", Buffer.from([22, 2, 0])],
    ["that is a server's", record(Buffer.from([2, 0, 0, 1, 0]))],
    ["in an empty record", Buffer.from([22, 3, 1, 0, 0])],
    ["in a record that is too long", Buffer.from([22, 3, 1, 0xff, 0xff])],
    ["that is longer than any", Buffer.concat([record(Buffer.from([1, 0xff, 0xff, 0xff]))])],
    [
      "with something behind it in its record",
      record(Buffer.concat([hello(serverName("a.test")).subarray(5), Buffer.of(1)])),
    ],
  ])("%s is refused", (_what, bytes) => {
    expect(parseClientHello(bytes).state).toBe("invalid");
  });

  test("of rubbish is never read as one, and reading it always ends", () => {
    const rubbish = fc.uint8Array({ maxLength: 600 });
    fc.assert(
      fc.property(rubbish, fc.boolean(), (bytes, framed) => {
        const parsed = parseClientHello(framed && bytes.length > 0 ? record(bytes) : bytes);
        if (parsed.state === "incomplete") expect(parsed.atLeast).toBeLessThanOrEqual(MAX_HELLO_BYTES + 5);
        else expect(parsed.state).toBe("invalid");
      }),
      { numRuns: 2_000 },
    );
  });

  test("with any byte changed reads as a hello, as an incomplete or as an invalid one, without an exception", () => {
    const good = hello(serverName("api.example.org"), extension(43, Buffer.from([2, 3, 4])));
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.integer({ min: 0, max: 255 }), (at, byte) => {
        const changed = Buffer.from(good);
        changed[at] = byte;
        expect(["hello", "incomplete", "invalid"]).toContain(parseClientHello(changed).state);
      }),
      { numRuns: 2_000 },
    );
  });
});
