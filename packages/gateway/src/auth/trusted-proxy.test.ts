import { expect, test } from "vitest";
import { trustedProxy } from "./trusted-proxy.ts";

const options = { userHeader: "x-forwarded-user", requiredHeaders: ["x-proxy"], allowUsers: ["alice", "bob"] };
const ask = (headers: Record<string, string>, proxy = "10.0.0.1", more = {}) =>
  trustedProxy({ ...options, ...more })(
    { token: "any" },
    { remoteAddress: "203.0.113.7", proxy, headers: new Headers(headers) },
  );

test("a user whom the proxy names comes in as himself, and as the owner when he is one", async () => {
  const headers = { "x-forwarded-user": "alice", "x-proxy": "1" };
  expect(await ask(headers)).toMatchObject({
    ok: true,
    principal: { id: "proxy:alice", scopes: ["read", "write"], credential: "trusted-proxy" },
  });
  expect(await ask(headers, "10.0.0.1", { ownerUsers: ["bob"] })).toMatchObject({ principal: { id: "proxy:alice" } });
  expect(await ask(headers, "10.0.0.1", { ownerUsers: ["alice"] })).toMatchObject({
    principal: { id: "owner", scopes: ["admin"] },
  });
});

test.each([
  [{ "x-proxy": "1" }, "AUTH_IDENTITY_HEADER_REQUIRED"],
  [{ "x-proxy": "1", "x-forwarded-user": " " }, "AUTH_IDENTITY_HEADER_REQUIRED"],
  [{ "x-forwarded-user": "alice" }, "AUTH_UNAUTHORIZED"],
  [{ "x-proxy": "1", "x-forwarded-user": "Alice" }, "AUTH_UNAUTHORIZED"],
  [{ "x-proxy": "1", "x-forwarded-user": "alice, bob" }, "AUTH_UNAUTHORIZED"],
] as const)("%j is refused with %s", async (headers, code) => {
  expect(await ask(headers)).toMatchObject({ ok: false, code });
});

test("who comes past the proxy is nobody, whatever headers it sends", async () => {
  const from = { remoteAddress: "203.0.113.7", headers: new Headers({ "x-forwarded-user": "alice", "x-proxy": "1" }) };
  expect(await trustedProxy(options)({}, from)).toMatchObject({ ok: false, code: "AUTH_VERIFIED_USER_REQUIRED" });
});

test("a proxy on this machine counts only when that is asked for", async () => {
  const headers = { "x-forwarded-user": "alice", "x-proxy": "1" };
  for (const proxy of ["127.0.0.1", "::1", "::ffff:127.0.0.1"]) {
    expect(await ask(headers, proxy)).toMatchObject({ ok: false, message: expect.stringContaining("allowLoopback") });
    expect(await ask(headers, proxy, { allowLoopback: true })).toMatchObject({ ok: true });
  }
});

test("* lets in whomever the proxy lets through, and still wants a name", async () => {
  expect(await ask({ "x-forwarded-user": "eve", "x-proxy": "1" }, "10.0.0.1", { allowUsers: ["*"] })).toMatchObject({
    principal: { id: "proxy:eve" },
  });
  expect(await ask({ "x-proxy": "1" }, "10.0.0.1", { allowUsers: ["*"] })).toMatchObject({ ok: false, missing: true });
});
