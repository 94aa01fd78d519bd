import type { IncomingMessage, RequestListener } from "node:http";
import fc from "fast-check";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { EgressBinding } from "./bindings.ts";
import { speak, tunnelTo } from "./client.fixture.ts";
import type { EgressProxyOptions } from "./egress-proxy.ts";
import { maskFilter, maskText, secretForms } from "./mask.ts";
import { compileNetwork } from "./network.ts";
import { createAuthority, createWorld, serveProxy } from "./world.fixture.ts";

const SECRET = 'planted"s3cret/with+quotes';
const authority = createAuthority();
const world = createWorld();
let answer: RequestListener;
const seen: IncomingMessage[] = [];

beforeAll(async () => {
  const listener: RequestListener = (request, response) => {
    seen.push(request);
    answer(request, response);
  };
  await world.website("api.test", listener, authority.credentials("api.test"));
  await world.website("impostor.test", listener, authority.credentials("somebody-else.test"));
});

beforeEach(() => {
  seen.length = 0;
  answer = (_request, response) => void response.end("fine");
});

afterAll(async () => {
  authority[Symbol.dispose]();
  await world[Symbol.asyncDispose]();
});

const binding: EgressBinding = { host: "api.test", secret: () => SECRET };
const logged: unknown[] = [];
const say = (message: string, fields?: object): void => void logged.push([message, fields]);
const log = { debug: say, info: say, warn: say, error: say };

const proxyOf = (bindings: Readonly<Record<string, EgressBinding>>, options: Partial<EgressProxyOptions> = {}) =>
  serveProxy({ rules: { bindings }, ca: [authority.ca], log, ...world, ...options });

const call = (path: string, { method = "GET", headers = "", body = "", name = "api" } = {}): string =>
  `${method} http://${name}.broker${path} HTTP/1.1\r\nHost: ${name}.broker\r\nConnection: close\r\nContent-Length: ${body.length}\r\n${headers}\r\n${body}`;

describe("a binding", () => {
  test("adds the credential over TLS, in the place of what the caller sent", async () => {
    await using proxy = await proxyOf({ api: binding });
    const headers = "Authorization: Bearer of-the-sandbox\r\nX-Kept: 1\r\n";
    expect(await speak(proxy.port, call("/v1/items?page=2", { method: "POST", headers, body: "hello" }))).toContain(
      "fine",
    );
    expect(seen[0]?.headers).toMatchObject({ authorization: `Bearer ${SECRET}`, host: "api.test", "x-kept": "1" });
    expect(seen[0]?.url).toBe("/v1/items?page=2");
    expect(proxy.records[0]).toMatchObject({
      via: "binding",
      binding: "api",
      host: "api.test",
      port: 443,
      method: "POST",
      path: "/v1/items",
      verdict: "allow",
      rule: "bindings.api",
    });
  });

  test.each([
    ["a header of its own", { header: "X-Api-Key" }, "x-api-key", SECRET],
    ["another scheme", { scheme: "token" }, "authorization", `token ${SECRET}`],
    ["a user", { username: "ada" }, "authorization", `Basic ${Buffer.from(`ada:${SECRET}`).toString("base64")}`],
  ] as const)("sends it with %s", async (_what, given, header, value) => {
    await using proxy = await proxyOf({ api: { ...binding, ...given } });
    await speak(proxy.port, call("/"));
    expect(seen[0]?.headers[header]).toBe(value);
  });

  test("asks for the secret at every request, so that a new one counts at once", async () => {
    const secrets = ["first-secret", "second-secret"];
    await using proxy = await proxyOf({ api: { ...binding, secret: async () => secrets.shift() ?? "" } });
    await speak(proxy.port, call("/"));
    await speak(proxy.port, call("/"));
    expect(seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer first-secret", "Bearer second-secret"]);
  });

  test("is there for clients that tunnel plain HTTP as well", async () => {
    await using proxy = await proxyOf({ api: binding });
    const inner = "GET /x HTTP/1.1\r\nHost: api.broker\r\nConnection: close\r\n\r\n";
    expect(await speak(proxy.port, `CONNECT api.broker:80 HTTP/1.1\r\nHost: api.broker:80\r\n\r\n${inner}`)).toContain(
      "fine",
    );
  });
});

describe("a call is refused", () => {
  const narrow = { ...binding, methods: ["GET"], paths: ["/repos/acme/*", "/user"] };

  test.each([
    ["by another method", call("/user", { method: "DELETE" })],
    ["on another path", call("/admin")],
    ["above a path", call("/repos/acme")],
    ["on a path with dots", call("/repos/acme/../../admin")],
    ["on a path with encoded dots", call("/repos/acme/%2e%2e/%2E%2e/admin")],
    ["on a path with an encoded slash", call("/repos/acme/..%2f..%2fadmin")],
    ["on a path with a doubled slash", call("/repos/acme//admin")],
    ["of a binding that is not there", call("/", { name: "other" })],
    ["on another port", "GET http://api.broker:8080/ HTTP/1.1\r\nHost: api.broker:8080\r\n\r\n"],
    ["in another name's Host", "GET http://api.broker/user HTTP/1.1\r\nHost: api.test\r\n\r\n"],
  ])("%s", async (_what, bytes) => {
    await using proxy = await proxyOf({ api: narrow });
    expect(await speak(proxy.port, bytes)).toMatch(/^HTTP\/1\.1 40[03] /);
    expect(seen).toEqual([]);
  });

  test.each(["/user", "/repos/acme/claw", "/repos/acme/x/../claw"])("and not on %s", async (path) => {
    await using proxy = await proxyOf({ api: narrow });
    expect(await speak(proxy.port, call(path))).toMatch(/^HTTP\/1\.1 200 /);
    expect(seen[0]?.url).not.toContain("..");
  });

  test("in a tunnel, and its host is not reached without it either", async () => {
    await using proxy = await proxyOf({ api: binding }, { onRefused: () => "deny" });
    expect(await tunnelTo(proxy.port, "api.broker:443")).toMatch(/403 .*plain HTTP.*http:\/\/api\.broker/);
    expect(await tunnelTo(proxy.port, "api.test:443")).toMatch(/403/);
  });

  test("when a rule denies its host", async () => {
    const rules = { deny: ["api.test"], bindings: { api: binding } };
    await using proxy = await proxyOf({}, { network: () => rules });
    expect(await speak(proxy.port, call("/"))).toMatch(/^HTTP\/1\.1 403 .*deny\[0\]/s);
  });

  test("when its host leads into a private network", async () => {
    await using proxy = await proxyOf({ api: binding }, { resolve: async () => ["10.1.2.3"] });
    expect(await speak(proxy.port, call("/"))).toMatch(/^HTTP\/1\.1 403 .*not on the public internet/s);
  });

  test("when the server can't prove who it is, before it gets the credential", async () => {
    await using proxy = await proxyOf({ api: { ...binding, host: "impostor.test" } });
    expect(await speak(proxy.port, call("/"))).toMatch(/^HTTP\/1\.1 502 .*no TLS connection that can be trusted/s);
    await using strict = await proxyOf({ api: binding }, { ca: [] });
    expect(await speak(strict.port, call("/"))).toMatch(/^HTTP\/1\.1 502 /);
    expect(seen).toEqual([]);
  });

  test.each([
    ["can't be had", () => Promise.reject(new Error(`no ${SECRET}`))],
    ["is too short to be kept out of answers", () => "short"],
    ["can't be sent in a header", () => `${SECRET}\r\nX-Evil: 1`],
  ])("when its credential %s", async (_what, secret) => {
    await using proxy = await proxyOf({ api: { ...binding, secret } });
    expect(await speak(proxy.port, call("/"))).toMatch(/^HTTP\/1\.1 502 .*credential/s);
    expect(seen).toEqual([]);
  });
});

describe("the credential does not come back", () => {
  test.each<readonly [string, RequestListener]>([
    ["in a header", (request, response) => response.setHeader("x-echo", request.headers.authorization ?? "").end()],
    ["in the name of a header", (_request, response) => response.setHeader("x-plantedsecret123", "1").end()],
    ["in the reason", (_request, response) => response.writeHead(200, "plantedsecret123").end()],
    ["in a cookie", (_request, response) => response.setHeader("set-cookie", ["a=plantedsecret123", "b=2"]).end()],
    [
      "in a redirect",
      (_request, response) => response.writeHead(302, { location: "https://evil.test/?k=plantedsecret123" }).end(),
    ],
    ["in a body", (request, response) => response.end(JSON.stringify(request.headers))],
    [
      "in a trailer",
      (_request, response) => {
        response.setHeader("trailer", "x-t").write("x");
        response.addTrailers({ "x-t": "plantedsecret123" });
        response.end();
      },
    ],
    [
      "byte by byte",
      (request, response) => {
        for (const byte of Buffer.from(request.headers.authorization ?? "")) response.write(Buffer.of(byte));
        response.end();
      },
    ],
  ])("%s", async (_what, listener) => {
    answer = (request, response) => void listener(request, response);
    logged.length = 0;
    await using proxy = await proxyOf({ api: { ...binding, secret: () => "plantedsecret123" } });
    const came = await speak(proxy.port, call("/"));
    expect(came).toMatch(/^HTTP\/1\.1 (200|302) /);
    const { end } = await proxy.ended(() => true);
    expect(end?.verdict).toBe("done");
    expect(`${came}${JSON.stringify([proxy.records, logged])}`.toLowerCase()).not.toContain("plantedsecret123");
  });

  test("where an answer is compressed nothing comes at all", async () => {
    answer = (_request, response) => void response.writeHead(200, { "content-encoding": "gzip" }).end("x");
    await using proxy = await proxyOf({ api: binding });
    expect(await speak(proxy.port, call("/"))).toMatch(/^HTTP\/1\.1 502 .*compressed/s);
    expect(seen[0]?.headers["accept-encoding"]).toBe("identity");
  });

  test("in records, logs and refusals of anything that happens", async () => {
    logged.length = 0;
    const everything: string[] = [];
    for (const listener of [
      (request, response) => void response.destroy(new Error(request.headers.authorization)),
      (_request, response) => void response.socket?.end(`HTTP/1.1 200 ${SECRET}\r\n${SECRET}\r\n\r\n`),
      (request, response) => void response.end(request.headers.authorization),
    ] satisfies RequestListener[]) {
      answer = listener;
      await using proxy = await proxyOf({ api: binding });
      everything.push(await speak(proxy.port, call(`/echo?q=${encodeURIComponent(SECRET)}`)));
      await proxy.ended(() => true);
      everything.push(JSON.stringify(proxy.records));
    }
    everything.push(JSON.stringify(logged));
    for (const form of secretForms(SECRET, `Bearer ${SECRET}`)) expect(everything.join("\n")).not.toContain(form);
  });

  test("to another host that an answer leads to: the caller goes there itself, and the rules decide", async () => {
    answer = (_request, response) => void response.writeHead(302, { location: "https://elsewhere.test/x" }).end();
    await using proxy = await proxyOf({ api: binding });
    expect(await speak(proxy.port, call("/"))).toContain("location: https://elsewhere.test/x");
    expect(seen.length).toBe(1);
  });

  test("while links to its own host lead back through the binding", async () => {
    answer = (_request, response) =>
      void response
        .writeHead(302, {
          location: "https://api.test/next?page=2",
          link: '<https://api.test/p3>; rel="next", <https://api.test.evil.test/>; rel="x"',
        })
        .end();
    await using proxy = await proxyOf({ api: binding });
    const came = await speak(proxy.port, call("/"));
    expect(came).toContain("location: http://api.broker/next?page=2");
    expect(came).toContain('link: <http://api.broker/p3>; rel="next", <https://api.test.evil.test/>; rel="x"');
  });
});

test("a masked text has its length and no form of the secret, wherever it is cut", () => {
  const forms = secretForms("abcabd/x", "Basic YWJj");
  const piece = fc.constantFrom("abcabd/x", "abc", "ab", "YWJj", "YW", "abcabd%2Fx", "-", "x");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 20 }), fc.array(fc.nat(12), { maxLength: 40 }), (pieces, sizes) => {
      const bytes = Buffer.from(pieces.join(""));
      const filter = maskFilter(forms);
      const passed: Buffer[] = [];
      let at = 0;
      for (const size of [...sizes, bytes.length]) {
        passed.push(filter.push(bytes.subarray(at, at + size)));
        at = Math.min(bytes.length, at + size);
      }
      const result = Buffer.concat([...passed, filter.end()]).toString();
      expect(result.length).toBe(bytes.length);
      for (const form of forms) expect(result).not.toContain(form);
      expect(result.replaceAll("*", "").length).toBe(maskText(bytes.toString(), forms).replaceAll("*", "").length);
    }),
    { numRuns: 1_000 },
  );
});

test.each([
  ["a name that is no label", { "a.b": binding }],
  ["a wildcard", { api: { ...binding, host: "*.test" } }],
  ["an address with a path", { api: { ...binding, host: "https://api.test/" } }],
  ["a header of the connection", { api: { ...binding, header: "Connection" } }],
  ["a path that is none", { api: { ...binding, paths: ["repos"] } }],
  ["a port that is none", { api: { ...binding, host: "api.test:99999" } }],
])("a binding with %s can't be read", (_what, bindings) => {
  expect(() => compileNetwork({ bindings })).toThrowError(expect.objectContaining({ code: "EGRESS_RULE" }));
});
