import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { duplexPair } from "node:stream";
import { parseConfig, resolveAgents } from "@claw/config";
import { type ApprovalDecision, silentLogger } from "@claw/core";
import type { NetworkSite } from "@claw/gateway";
import { afterAll, beforeAll, expect, test } from "vitest";
import { sandboxNetworks } from "./sandbox-network.ts";

const website = createServer((request, response) => void response.end(`reached ${request.headers.host}`));
beforeAll(async () => {
  website.listen(0, "127.0.0.1");
  await once(website, "listening");
});
afterAll(() => void website.close());

/** A session whose decisions are kept, and in which a person answers so. */
function session(agent: string, answer: ApprovalDecision = "deny") {
  const records: unknown[] = [];
  const site: NetworkSite = {
    session: `agent:${agent}:main`,
    agent,
    signal: new AbortController().signal,
    desk: () => ({
      async record(input, decision) {
        records.push({ ...input, ...decision });
        return { outcome: async ({ ok, summary }) => void records.push({ ok, summary }) };
      },
      async ask({ input, rule }) {
        records.push({ asked: input, rule });
        return answer;
      },
    }),
  };
  return { site, records };
}

async function networksOf(text: string) {
  const networks = sandboxNetworks({
    log: silentLogger,
    resolve: async () => ["93.184.216.34"],
    dial: () => connect({ host: "127.0.0.1", port: (website.address() as AddressInfo).port, allowHalfOpen: true }),
  });
  const use = async (config: string): Promise<void> => networks.use(resolveAgents(await parseConfig(config)));
  await use(text);
  const get = async (host: string, { site }: ReturnType<typeof session>): Promise<string> => {
    const [client, connection] = duplexPair();
    networks.serve(site.agent)?.(connection, site);
    client.write(`GET http://${host}/ HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`);
    return (await client.toArray()).join("");
  };
  return { networks, use, get };
}

test("an agent's sandbox reaches what its rules allow, and the record names them as the configuration does", async () => {
  const { networks, get } = await networksOf(`{
    sandbox: { network: { allow: ["api.test"] } },
    agents: { list: [{ id: "closed", sandbox: { network: "none" } }, { id: "other", sandbox: { network: { allow: ["other.test"] } } }] },
  }`);
  await using _networks = networks;
  const mine = session("default");
  expect(await get("api.test", mine)).toContain("reached api.test");
  expect(mine.records[0]).toMatchObject({
    effect: "allow",
    rule: 'sandbox.network.allow[0] "api.test"',
    via: "http",
    host: "api.test",
    port: 80,
    method: "GET",
  });
  expect(mine.records[1]).toMatchObject({ ok: true, summary: expect.stringMatching(/^done; .* bytes up, \d+ down$/) });
  expect(networks.serve("closed")).toBeUndefined();
  const other = session("other");
  expect(await get("other.test", other)).toContain("reached other.test");
  const refused = await get("api.test", other);
  expect(refused).toContain('adding "api.test" to sandbox.network.allow');
  expect(other.records.at(-1)).toMatchObject({ effect: "deny", rule: "sandbox.network.allow" });
});

test("a person is asked where the configuration says so, and allow-always holds for the session", async () => {
  const { networks, get } = await networksOf(`{ sandbox: { network: { ask: true } } }`);
  await using _networks = networks;
  const mine = session("default", "allow-always");
  expect(await get("new.test", mine)).toContain("reached new.test");
  expect(await get("new.test", mine)).toContain("reached new.test");
  expect(mine.records.filter((one) => JSON.stringify(one).includes("asked"))).toEqual([
    { asked: { host: "new.test", port: 80 }, rule: "sandbox.network.allow" },
  ]);
  expect(await get("new.test", session("default", "deny"))).toContain("reached new.test");
});

test("changed rules count at the next request, and rules that can't be read leave the old ones", async () => {
  const { networks, use, get } = await networksOf(`{ sandbox: { network: { allow: ["api.test"] } } }`);
  await using _networks = networks;
  const mine = session("default");
  await use(`{ sandbox: { network: { allow: ["new.test"] } } }`);
  expect(await get("new.test", mine)).toContain("reached new.test");
  expect(await get("api.test", mine)).toContain("403");
  await expect(use(`{ sandbox: { network: { allow: ["a..b"] } } }`)).rejects.toThrow('allow[0] "a..b"');
  expect(await get("new.test", mine)).toContain("reached new.test");
  await use("{}");
  expect(networks.serve("default")).toBeUndefined();
});
