import { expect, test } from "vitest";
import { startGateway } from "../gateway.fixture.ts";
import type { Gateway } from "../options.ts";
import { scriptedAgent } from "../script.fixture.ts";

const get = (gateway: Gateway, path: string, headers: Record<string, string> = {}) =>
  gateway.fetch(new Request(`http://127.0.0.1:18789${path}`, { headers: { host: "127.0.0.1:18789", ...headers } }));
const authorization = "Bearer secret";
const post = (gateway: Gateway, body: object, signal?: AbortSignal) =>
  gateway.fetch(
    new Request("http://127.0.0.1:18789/v1/chat/completions", {
      method: "POST",
      headers: { authorization },
      body: JSON.stringify({ model: "openclaw", messages: [{ role: "user", content: "hi" }], ...body }),
      ...(signal === undefined ? {} : { signal }),
    }),
  );

test("health and readiness need no credential", async () => {
  await using started = await startGateway();
  expect(await (await get(started.gateway, "/health")).json()).toEqual({ ok: true, status: "live" });
  expect((await get(started.gateway, "/ready")).status).toBe(200);
  await started.gateway.stop();
  expect((await get(started.gateway, "/ready")).status).toBe(503);
});

test("what is not the gateway's is a 404", async () => {
  await using started = await startGateway();
  expect((await get(started.gateway, "/elsewhere")).status).toBe(404);
});

test("an answer is data: it is never framed, run or taken for something else", async () => {
  await using started = await startGateway();
  for (const path of ["/v1/models", "/openapi.json", "/elsewhere"]) {
    const { headers } = await get(started.gateway, path);
    expect(headers.get("content-security-policy")).toBe("default-src 'none'; frame-ancestors 'none'");
    expect(headers.get("x-content-type-options")).toBe("nosniff");
    expect(headers.get("strict-transport-security")).toBeNull();
  }
});

test("a page of somebody else's and a rebound name get a 403, with the right credential as well", async () => {
  await using started = await startGateway();
  const models = (headers: Record<string, string>) => get(started.gateway, "/v1/models", { authorization, ...headers });
  expect((await models({})).status).toBe(200);
  expect((await models({ origin: "http://127.0.0.1:18789" })).status).toBe(200);
  expect((await models({ origin: "https://evil.example" })).status).toBe(403);
  expect((await models({ origin: "null" })).status).toBe(403);
  expect((await models({ host: "evil.example:18789" })).status).toBe(403);
});

test("a caller can ask for less than its credential allows, and never for more", async () => {
  const principal = { id: "ada", kind: "user", tenant: "local", scopes: ["write"], credential: "test" } as const;
  await using started = await startGateway({ authenticate: () => ({ ok: true, principal }), metrics: async () => "" });
  const status = async (scopes: string) => {
    const headers = { authorization, "x-openclaw-scopes": scopes };
    const request = { method: "POST", headers: { host: "127.0.0.1:18789", ...headers }, body: "{}" };
    const written = await started.gateway.fetch(new Request("http://127.0.0.1:18789/v1/responses", request));
    return [(await get(started.gateway, "/metrics", headers)).status, written.status];
  };
  expect(await status("operator.write")).toEqual([200, 400]);
  expect(await status("operator.approvals , operator.read")).toEqual([200, 403]);
  expect(await status("operator.admin")).toEqual([403, 403]);
  expect(await status("read, *")).toEqual([403, 403]);
  expect(await status("")).toEqual([403, 403]);
});

test("no credential is a 401 before anything is read", async () => {
  await using started = await startGateway();
  for (const header of ["", "Bearer", "Bearer wrong", "Basic secret", "secret"]) {
    const response = await get(started.gateway, "/v1/models", { authorization: header });
    expect(response.status).toBe(401);
    expect(response.headers.get("www-authenticate")).toBe("Bearer");
  }
});

test("a message that policy refuses is a 403 that names the rule", async () => {
  await using started = await startGateway({
    policy: () => ({ effect: "deny", rule: "closed", reason: "the shop is closed" }),
  });
  const response = await post(started.gateway, { stream: true });
  expect(response.status).toBe(403);
  expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining("the shop is closed") } });
});

test("a stopping gateway asks to come again", async () => {
  await using started = await startGateway();
  await started.gateway.stop();
  const response = await post(started.gateway, {});
  expect(response.status).toBe(503);
  expect(response.headers.get("retry-after")).toBe("1");
});

test("a caller that was gone before its message was taken stops the run", async () => {
  const agent = scriptedAgent(async function* ({ signal }) {
    if (!signal.aborted) await new Promise((resolve) => signal.addEventListener("abort", resolve, { once: true }));
    yield "";
  });
  await using started = await startGateway({ agents: [agent] });
  const caller = new AbortController();
  const ended = Promise.withResolvers<string>();
  started.gateway.subscribe((event) => {
    if (event.type === "span" && event.span.stage === "accept") caller.abort();
    if (event.type === "run-ended") ended.resolve(event.outcome.state);
  });
  void post(started.gateway, {}, caller.signal);
  expect(await ended.promise).toBe("aborted");
});

test("metrics are for those who may read, and not there unless the gateway was given them", async () => {
  await using started = await startGateway({ metrics: async () => "claw_connections 0\n" });
  const page = await get(started.gateway, "/metrics", { authorization });
  expect(page.headers.get("content-type")).toContain("version=0.0.4");
  expect(await page.text()).toBe("claw_connections 0\n");
  expect((await get(started.gateway, "/metrics")).status).toBe(401);
  await using bare = await startGateway();
  expect((await get(bare.gateway, "/metrics", { authorization })).status).toBe(404);
});
