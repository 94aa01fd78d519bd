import type { Audit, Tool, ToolContext } from "@claw/core";
import { sqliteStore } from "@claw/store-sqlite";
import fc from "fast-check";
import { expect, test } from "vitest";
import { startGateway, testTool } from "../gateway.fixture.ts";
import type { Gateway } from "../options.ts";
import { scriptedAgent } from "../script.fixture.ts";

const toolsOverHttp = () => ({ effect: "allow", rule: "test" }) as const;
const authorization = "Bearer secret";

const post = (gateway: Gateway, body: unknown, headers: Record<string, string> = { authorization }) =>
  gateway.fetch(
    new Request("http://127.0.0.1:18789/tools/invoke", {
      method: "POST",
      headers,
      body: typeof body === "string" ? body : JSON.stringify(body),
    }),
  );

/** A tool that counts how often it runs. */
function counted(run: Tool<{ text: string }>["run"] = async ({ text }) => ({ output: text, failed: false })) {
  const contexts: ToolContext[] = [];
  const tool = testTool("shout", async (input, context) => {
    contexts.push(context);
    return run(input, context);
  });
  return { contexts, options: { tools: [tool], toolsOverHttp } };
}
const call = { tool: "shout", args: { text: "hey" } };

test("one tool runs as a run of the caller's in the session, and the transcript shows it", async () => {
  const { contexts, options } = counted();
  await using started = await startGateway(options);
  const response = await post(started.gateway, { ...call, sessionKey: "work" });
  expect(await response.json()).toEqual({ ok: true, result: { output: "hey" } });
  const run = response.headers.get("x-run-id");
  expect(contexts).toMatchObject([{ run, session: "agent:main:work", agent: "main", principal: { id: "owner" } }]);

  const named = await post(started.gateway, { name: "shout", args: call.args, sessionKey: "work" });
  expect(await named.json()).toMatchObject({ ok: true });
  await started.gateway.stop();
  await using store = sqliteStore({ stateDir: started.stateDir });
  await store.migrate();
  const owner = { id: "owner", kind: "user", tenant: "local", scopes: ["admin"], credential: "test" } as const;
  const entries = await store.as(owner).transcript.read("agent:main:work");
  expect(entries.map(({ message }) => message.role)).toEqual([
    "user",
    "assistant",
    "tool",
    "user",
    "assistant",
    "tool",
  ]);
  expect(await store.as(owner).runs.get(run ?? "")).toMatchObject({ state: "done" });
});

test("a call passes the gate: policy, audit and budget", async () => {
  const seen: string[] = [];
  const audit: Audit = {
    async intent({ type, principal, input }, { effect }) {
      seen.push(`${type} ${input["tool"]} by ${principal.id}: ${effect}`);
      return { outcome: async ({ ok }) => void seen.push(`outcome ${ok}`) };
    },
  };
  const reserved: unknown[] = [];
  const { contexts, options } = counted();
  await using started = await startGateway({
    ...options,
    audit,
    policy: ({ type, input }) => {
      const shouting = JSON.stringify(input).includes("LOUD");
      if (type !== "tool.call" || !shouting) return { effect: "allow", rule: "test" };
      return { effect: "deny", rule: "quiet-hours", reason: "people sleep" };
    },
    budget: {
      async reserve(_run, amount) {
        reserved.push(amount);
        return reserved.length === 1 ? { settle: async () => {} } : undefined;
      },
    },
  });
  const loud = await post(started.gateway, { ...call, args: { text: "LOUD" } });
  expect(loud.status).toBe(403);
  expect(await loud.json()).toMatchObject({ error: { message: expect.stringContaining("quiet-hours") } });
  expect(await (await post(started.gateway, call)).json()).toMatchObject({ ok: true });
  expect(seen).toEqual(["tool.call shout by owner: deny", "tool.call shout by owner: allow", "outcome true"]);
  expect(await (await post(started.gateway, call)).json()).toMatchObject({
    ok: false,
    result: { output: expect.stringContaining("budget") },
  });
  expect(reserved).toEqual([{ toolCalls: 1 }, { toolCalls: 1 }]);
  expect(contexts).toHaveLength(1);
});

test("a repeated key does not run it twice: at once, later and after a restart", async () => {
  const { contexts, options } = counted();
  await using started = await startGateway(options);
  const keyed = { ...call, idempotencyKey: "k1" };
  const both = await Promise.all([post(started.gateway, keyed), post(started.gateway, keyed)]);
  const later = await post(started.gateway, keyed);
  const afterwards = await post(await started.restart(), keyed);
  for (const response of [...both, later, afterwards]) {
    expect(await response.json()).toEqual({ ok: true, result: { output: "hey" } });
    expect(response.headers.get("x-run-id")).toBe(afterwards.headers.get("x-run-id"));
  }
  expect(contexts).toHaveLength(1);
});

test.each([{ args: { text: "other" } }, { sessionKey: "elsewhere" }])(
  "a key that was used for another call is a 409: %j",
  async (other) => {
    const { contexts, options } = counted();
    await using started = await startGateway(options);
    await post(started.gateway, { ...call, idempotencyKey: "k1" });
    expect((await post(started.gateway, { ...call, idempotencyKey: "k1", ...other })).status).toBe(409);
    expect(contexts).toHaveLength(1);
  },
);

test("a call that a stop cut off is not run again", async () => {
  const entered = Promise.withResolvers<void>();
  const { contexts, options } = counted(async (_, { signal }) => {
    entered.resolve();
    await new Promise((_resolve, reject) => signal.addEventListener("abort", () => reject(signal.reason)));
    return { output: "never", failed: false };
  });
  await using started = await startGateway({ ...options, agents: [scriptedAgent(async function* () {})] });
  const keyed = { ...call, idempotencyKey: "k1" };
  const cut = post(started.gateway, keyed);
  await entered.promise;
  const again = await started.restart();
  expect((await cut).status).toBe(503);
  expect(await (await post(again, keyed)).json()).toMatchObject({ ok: false });
  expect(contexts).toHaveLength(1);
});

test("a call that waited for its session when the gateway stopped is made at the next start", async () => {
  const entered = Promise.withResolvers<void>();
  const { contexts, options } = counted(async ({ text }, { signal }) => {
    entered.resolve();
    if (text === "first") await new Promise((resolve) => signal.addEventListener("abort", resolve));
    return { output: text, failed: false };
  });
  await using started = await startGateway(options);
  void post(started.gateway, { ...call, args: { text: "first" } });
  await entered.promise;
  const accepted = Promise.withResolvers<void>();
  started.gateway.subscribe(({ type }) => type === "message-accepted" && accepted.resolve());
  const keyed = { ...call, idempotencyKey: "k2" };
  const waiting = post(started.gateway, keyed);
  await accepted.promise;
  const again = await started.restart();
  expect((await waiting).status).toBe(503);
  expect(await (await post(again, keyed)).json()).toEqual({ ok: true, result: { output: "hey" } });
  expect(contexts).toHaveLength(2);
});

test("a tool that fails is told as it is", async () => {
  const { options } = counted(async () => {
    throw new Error("no voice");
  });
  await using started = await startGateway(options);
  const response = await post(started.gateway, call);
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ ok: false, result: { output: expect.stringContaining("no voice") } });
});

test("what is not there is a 404, what is refused over HTTP a 403 with the rule, and neither leaves a trace", async () => {
  const { contexts, options } = counted();
  const quiet = { ...scriptedAgent(async function* () {}, "quiet"), tools: [] };
  await using started = await startGateway({
    ...options,
    agents: [scriptedAgent(async function* () {}), quiet],
    toolsOverHttp: () => ({ effect: "deny", rule: "gateway.tools.deny[0]", reason: "not here" }),
  });
  const events: string[] = [];
  started.gateway.subscribe(({ type }) => void events.push(type));
  const unknown = await post(started.gateway, { ...call, tool: "whisper" });
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toMatchObject({ error: { message: expect.stringContaining("shout") } });
  expect((await post(started.gateway, { ...call, agentId: "quiet" })).status).toBe(404);
  const refused = await post(started.gateway, call);
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ error: { message: expect.stringContaining("gateway.tools.deny[0]") } });
  expect({ events, contexts }).toEqual({ events: [], contexts: [] });
});

test("without rules for it no tool runs over HTTP", async () => {
  const { tools } = counted().options;
  await using started = await startGateway({ tools });
  expect((await post(started.gateway, call)).status).toBe(403);
});

test.each([
  ["no JSON", "{", "expected JSON"],
  ["no tool", {}, "tool: expected the name"],
  ["two tools", { tool: "a", name: "b" }, "tool: expected the name"],
  ["a word that is not known", { ...call, idempotencykey: "k" }, "idempotencykey"],
  ["input that does not fit", { ...call, args: { text: 1 } }, "text"],
  ["another agent's name", { ...call, agentId: "nobody" }, "agents: main"],
])("%s is a 400 that names it", async (_, body, expected) => {
  const { contexts, options } = counted();
  await using started = await startGateway(options);
  const response = await post(started.gateway, body);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ error: { message: expect.stringContaining(expected) } });
  expect(contexts).toEqual([]);
});

test("no body makes it fail", async () => {
  const { options } = counted();
  await using started = await startGateway(options);
  await fc.assert(
    fc.asyncProperty(fc.json(), async (body) => {
      expect((await post(started.gateway, body)).status).toBe(400);
    }),
  );
});

test("the credential, its scope, the origin and the size are checked first", async () => {
  const { contexts, options } = counted();
  await using started = await startGateway(options);
  expect((await post(started.gateway, call, {})).status).toBe(401);
  expect((await post(started.gateway, call, { authorization: "Bearer wrong" })).status).toBe(401);
  expect((await post(started.gateway, call, { authorization, origin: "https://evil.example" })).status).toBe(403);
  const large = JSON.stringify({ ...call, args: { text: "x".repeat(2 * 1024 * 1024) } });
  expect((await post(started.gateway, large)).status).toBe(413);

  const reader = { id: "r", kind: "user", tenant: "local", scopes: ["read"], credential: "test" } as const;
  const readOnly = await started.restart({ authenticate: () => ({ ok: true, principal: reader }) });
  expect((await post(readOnly, call)).status).toBe(403);
  expect(contexts).toEqual([]);
});
