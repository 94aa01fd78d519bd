import type { Policy } from "@claw/core";
import { expect, test } from "vitest";
import { sharedSecret } from "./auth.ts";
import { connectClient, openClient } from "./connect.fixture.ts";
import { allowAll, startGateway, testTool } from "./gateway.fixture.ts";
import { manualClock } from "./manual-clock.fixture.ts";
import type { Gateway, GatewayOptions } from "./options.ts";
import { scriptedAgent } from "./script.fixture.ts";

const send = (message: string) => ({ message, idempotencyKey: message, sessionKey: "main" });

function outcomeOf(gateway: Gateway, run: string) {
  const { promise, resolve } = Promise.withResolvers<unknown>();
  gateway.subscribe((event) => event.type === "run-ended" && event.run === run && resolve(event.outcome));
  return promise;
}

/** Calls `look` once it is let go, and says what came of it. */
function waitingAgent(word: string, tools?: readonly string[]) {
  const began = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const agent = scriptedAgent(async function* ({ call }) {
    began.resolve();
    await go.promise;
    const { output } = await call({ id: word, tool: "look", input: { text: "" } });
    yield `${word}: ${output}`;
  });
  return { agent: tools === undefined ? agent : { ...agent, tools }, began: began.promise, go: go.resolve };
}

const look = testTool("look", async () => ({ output: "seen", failed: false }));
const noLook: Policy = (action) =>
  action.type === "tool.call" ? { effect: "deny", rule: "new", reason: "not any more" } : allowAll(action);

test("a running turn keeps its agent, also one that is gone, and the next turn has the new one", async () => {
  const old = waitingAgent("old", ["look"]);
  const fresh = waitingAgent("new", []);
  await using started = await startGateway({ agents: [old.agent], tools: [look] });
  const { gateway } = started;
  const client = await connectClient(gateway);
  const ends = [outcomeOf(gateway, "a"), outcomeOf(gateway, "b")];
  await client.request("chat.send", send("a"));
  await old.began;
  gateway.reconfigure({ agents: [{ ...fresh.agent, name: "other" }] });
  gateway.reconfigure({ agents: [fresh.agent] });
  await client.request("chat.send", send("b"));
  fresh.go();
  old.go();
  expect(await ends[0]).toMatchObject({ state: "done", text: "old: seen" });
  expect(await ends[1]).toMatchObject({ state: "done", text: expect.stringContaining('There is no tool "look"') });
});

test("a new policy counts from the next call of a running turn on", async () => {
  const { agent, began, go } = waitingAgent("a");
  await using started = await startGateway({ agents: [agent], tools: [look] });
  const { gateway } = started;
  const client = await connectClient(gateway);
  const end = outcomeOf(gateway, "a");
  await client.request("chat.send", send("a"));
  await began;
  gateway.reconfigure({ policy: noLook });
  go();
  expect(await end).toMatchObject({ text: expect.stringContaining("not any more") });
});

test("agents, models and origins change without a connection noticing", async () => {
  const { agent } = waitingAgent("a");
  const models: GatewayOptions["models"] = { resolve: async () => Promise.reject(new Error("none")), list: () => [] };
  await using started = await startGateway({ agents: [agent], models });
  const { gateway } = started;
  const client = await connectClient(gateway);
  const row = { ref: "p/m", name: "M", provider: "p", available: true, roles: ["default"] };
  gateway.reconfigure({
    agents: [{ ...agent, name: "writer" }, agent],
    models: { ...models, list: () => [row] },
    origins: { allowedOrigins: ["https://other.example"] },
  });
  const { payload } = await client.request("agents.list");
  expect(payload).toMatchObject({ defaultId: "writer", agents: [{ id: "writer" }, { id: "main" }] });
  expect((await client.request("models.list")).payload).toMatchObject({ models: [{ id: "m" }] });
  await connectClient(gateway, "secret", undefined, { headers: { origin: "https://other.example" } });
});

test("a new time limit holds for turns that begin after it", async () => {
  const clock = manualClock();
  const { agent, began } = waitingAgent("a");
  await using started = await startGateway({ agents: [agent], clock });
  const { gateway } = started;
  const client = await connectClient(gateway);
  gateway.reconfigure({ limits: { turnTimeoutMs: 1_000 } });
  const end = outcomeOf(gateway, "a");
  await client.request("chat.send", send("a"));
  await began;
  clock.advance(1_000);
  clock.advance(20_000);
  expect(await end).toMatchObject({ error: { code: "GATEWAY_TURN_TIMEOUT" } });
});

test("a changed secret ends the connections of the old one, and only the new one is let in", async () => {
  await using started = await startGateway();
  const { gateway } = started;
  const client = await connectClient(gateway);
  gateway.reconfigure({ authenticate: sharedSecret("token", "changed") });
  expect(await client.closed).toEqual({ code: 4001, reason: "how this gateway is entered was changed; connect again" });
  await expect(connectClient(gateway)).rejects.toThrow("not let in");
  await connectClient(gateway, "changed");
});

/** Everybody is let in under the name they show. */
const asShown = sharedSecret("token", (shown) => shown);

test("a new way in ends what the one before let in, and leaves what devices and users have of their own", async () => {
  await using started = await startGateway({ authenticate: asShown });
  const { gateway } = started;
  const [shared, proxied, none, device] = await Promise.all(
    ["gateway-token:1", "trusted-proxy", "none", "device:1"].map((token) => connectClient(gateway, token)),
  );
  gateway.reconfigure({ authenticate: asShown });
  for (const client of [shared, proxied, none]) expect(await client?.closed).toMatchObject({ code: 4001 });
  expect(await device?.request("health")).toMatchObject({ ok: true });
});

test("other trusted proxies end the connections that a proxy spoke for, and no others", async () => {
  await using started = await startGateway({ authenticate: asShown });
  const { gateway } = started;
  const [proxied, tailscale, shared] = await Promise.all(
    ["trusted-proxy", "tailscale:ada", "gateway-token:1"].map((token) => connectClient(gateway, token)),
  );
  const through = { headers: { "x-forwarded-for": "203.0.113.7" }, remoteAddress: "192.0.2.1" };
  expect(await openClient(gateway, through).closed).toMatchObject({ code: 1008 });
  gateway.reconfigure({ trustedProxies: ["192.0.2.0/24"] });
  for (const client of [proxied, tailscale]) expect(await client?.closed).toMatchObject({ code: 4001 });
  expect(await shared?.request("health")).toMatchObject({ ok: true });
  await connectClient(gateway, "gateway-token:1", undefined, through);
});

test("a new limit counts for the guesses that come after it", async () => {
  await using started = await startGateway();
  const { gateway } = started;
  gateway.reconfigure({ authRateLimit: { maxAttempts: 1, lockoutMs: 90_000 } });
  await expect(connectClient(gateway, "a guess")).rejects.toThrow("not let in");
  const request = new Request("http://127.0.0.1/v1/models", { headers: { authorization: "Bearer secret" } });
  const answer = await gateway.fetch(request);
  expect([answer.status, answer.headers.get("retry-after")]).toEqual([429, "90"]);
});
