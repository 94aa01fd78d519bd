import fc from "fast-check";
import { expect, test } from "vitest";
import { hello, openClient } from "./connect.fixture.ts";
import { createSourceOf } from "./forwarded.ts";
import { startGateway } from "./gateway.fixture.ts";

const source = (remoteAddress: string, headers: Record<string, string>, trusted: readonly string[] = ["10.0.0.0/8"]) =>
  createSourceOf(trusted)({ remoteAddress }, new Headers(headers));

test("without forwarding headers the peer is the client, a trusted proxy as well", () => {
  expect(source("192.0.2.1", {})).toEqual({ remoteAddress: "192.0.2.1" });
  expect(source("10.0.0.1", {})).toEqual({ remoteAddress: "10.0.0.1" });
});

test.each([
  ["203.0.113.7", "203.0.113.7"],
  ["1.1.1.1, 203.0.113.7", "203.0.113.7"],
  ["203.0.113.7, 10.9.9.9", "203.0.113.7"],
  ["203.0.113.7:55123", "203.0.113.7"],
  ["[2001:db8::7]:443, 10.0.0.2", "2001:db8::7"],
  ["10.0.0.9, 10.0.0.2", "10.0.0.9"],
])("of X-Forwarded-For %s the nearest that is no proxy of ours is the client", (header, remoteAddress) => {
  expect(source("::ffff:10.0.0.1", { "x-forwarded-for": header })).toEqual({ remoteAddress, proxy: "::ffff:10.0.0.1" });
});

test.each(["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded"])(
  "%s from a peer that is no trusted proxy is refused with the setting, from loopback as well",
  (name) => {
    for (const peer of ["127.0.0.1", "::1", "192.0.2.1"]) {
      expect(source(peer, { [name]: "for=1.2.3.4" })).toMatchObject({
        problem: expect.stringContaining("gateway.trustedProxies"),
      });
    }
  },
);

test.each(["", "unknown", "1.2.3.4, ", "1.2.3", "127.0.0.1 evil", Array(40).fill("1.2.3.4").join(",")])(
  "a trusted proxy that tells no readable address (case %#) is refused",
  (header) => {
    expect(source("10.0.0.1", { "x-forwarded-for": header, forwarded: "for=x" })).toMatchObject({
      problem: expect.stringContaining("X-Forwarded-For"),
    });
  },
);

test("whatever the client writes in front, the address that the proxy appended counts", () => {
  const address = fc.oneof(fc.ipV4(), fc.ipV6());
  fc.assert(
    fc.property(fc.array(address, { maxLength: 20 }), (claimed) => {
      const header = [...claimed, "203.0.113.7"].join(", ");
      expect(source("10.0.0.1", { "x-forwarded-for": header }).remoteAddress).toBe("203.0.113.7");
    }),
  );
});

test("a gateway refuses an unattributed request before it looks at the credential, over HTTP and WebSocket", async () => {
  await using started = await startGateway();
  const headers = { "x-forwarded-for": "203.0.113.7", authorization: "Bearer guess" };
  for (let time = 0; time < 20; time++) {
    const request = new Request("http://127.0.0.1:18789/v1/models", { headers });
    const response = await started.gateway.fetch(request, { remoteAddress: "127.0.0.1" });
    expect(response.status).toBe(403);
    expect(await response.text()).toContain("gateway.trustedProxies");
  }
  const refused = openClient(started.gateway, { remoteAddress: "127.0.0.1", headers });
  expect(await refused.closed).toMatchObject({ code: 1008, reason: expect.stringContaining("proxy_attribution") });
  // Twenty guesses would have locked the address out.
  const client = openClient(started.gateway, { remoteAddress: "127.0.0.1" });
  expect(await client.request("connect", hello("secret"))).toMatchObject({ ok: true });
});
