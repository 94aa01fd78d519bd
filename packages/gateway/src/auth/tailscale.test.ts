import { expect, test } from "vitest";
import { tailscaleServe } from "./tailscale.ts";

const users: Readonly<Record<string, string>> = { "100.64.0.7": "alice@example.com", "100.64.0.8": "eve@example.com" };
const asked: string[] = [];
const whois = async (address: string) => {
  asked.push(address);
  const login = users[address];
  if (login === undefined) throw new Error("no match for IP");
  return { login };
};
const ask = (headers: Record<string, string>, from: object = {}, allowUsers?: readonly string[]) =>
  tailscaleServe({ whois, ...(allowUsers === undefined ? {} : { allowUsers }) })(
    {},
    {
      remoteAddress: "100.64.0.7",
      proxy: "127.0.0.1",
      ...from,
      headers: new Headers({ upgrade: "websocket", ...headers }),
    },
  );
const alice = { "tailscale-user-login": "alice@example.com" };

test("a user whom Serve names and the daemon confirms is the owner, by name", async () => {
  expect(await ask(alice)).toMatchObject({
    ok: true,
    principal: { id: "owner", credential: "tailscale:alice@example.com" },
  });
  expect(await ask(alice, {}, ["alice@example.com"])).toMatchObject({ ok: true });
  expect(await ask(alice, {}, ["bob@example.com"])).toMatchObject({ ok: false, code: "AUTH_UNAUTHORIZED" });
});

test.each([
  ["no identity", {}, {}, "AUTH_TAILSCALE_IDENTITY_MISSING"],
  ["a request over HTTP", { ...alice, upgrade: "" }, {}, "AUTH_TAILSCALE_IDENTITY_MISSING"],
  ["an identity without a proxy", alice, { proxy: undefined }, "AUTH_TAILSCALE_PROXY_MISSING"],
  ["another machine's identity", alice, { proxy: "10.0.0.1" }, "AUTH_TAILSCALE_PROXY_MISSING"],
  ["an address that the daemon does not know", alice, { remoteAddress: "203.0.113.7" }, "AUTH_TAILSCALE_WHOIS_FAILED"],
  ["somebody else's address", alice, { remoteAddress: "100.64.0.8" }, "AUTH_TAILSCALE_IDENTITY_MISMATCH"],
] as const)("%s is refused", async (_, headers, from, code) => {
  expect(await ask(headers, from)).toMatchObject({ ok: false, code });
});

test("the daemon is not asked for what does not come from Serve", async () => {
  asked.length = 0;
  await ask(alice, { proxy: undefined });
  await ask({});
  expect(asked).toEqual([]);
});
