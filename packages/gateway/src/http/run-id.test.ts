import type { Policy, Store } from "@claw/core";
import { sqliteStore } from "@claw/store-sqlite";
import { expect, test } from "vitest";
import { startGateway, testTool } from "../gateway.fixture.ts";
import type { Gateway } from "../options.ts";
import { scriptedAgent } from "../script.fixture.ts";

const CHAT = { model: "openclaw", messages: [{ role: "user", content: "hi" }] };
const RESPONSE = { model: "openclaw", input: "hi" };
const CALL = { tool: "shout", args: { text: "hey" } };

const TURNS = [
  ["/v1/chat/completions", CHAT],
  ["/v1/responses", RESPONSE],
] as const;

const failing = scriptedAgent(async function* () {
  yield "half an ans";
  throw new Error("the model is gone");
});
const shout = testTool("shout", async () => ({ output: "HEY", failed: false }));
const toolsOverHttp = () => ({ effect: "allow", rule: "test" }) as const;
const tools = { tools: [shout], toolsOverHttp };

function post(gateway: Gateway, path: string, body: object): Promise<Response> {
  const headers = { authorization: "Bearer secret" };
  return gateway.fetch(
    new Request(`http://127.0.0.1:18789${path}`, { method: "POST", headers, body: JSON.stringify(body) }),
  );
}

/** The run that the journal was given. */
function accepted(gateway: Gateway): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  gateway.subscribe(({ type, run }) => type === "message-accepted" && resolve(run));
  return promise;
}

async function expectRunId(response: Response, run: Promise<string>): Promise<void> {
  expect(response.headers.get("x-run-id")).toBe(await run);
}

test.each(TURNS)("%s names a run that failed", async (path, body) => {
  await using started = await startGateway({ agents: [failing] });
  const run = accepted(started.gateway);
  const response = await post(started.gateway, path, body);
  expect(response.status).toBe(502);
  await expectRunId(response, run);
  expect(await response.json()).toMatchObject({ error: { run_id: await run } });
});

test.each(TURNS)("%s names a run whose stream breaks off", async (path, body) => {
  await using started = await startGateway({ agents: [failing] });
  const run = accepted(started.gateway);
  const response = await post(started.gateway, path, { ...body, stream: true });
  expect(response.status).toBe(200);
  await expectRunId(response, run);
  expect(await response.text()).toContain("error");
});

test.each(TURNS)("%s names a run that the gateway's stop cut off", async (path, body) => {
  const working = Promise.withResolvers<void>();
  const endless = scriptedAgent(async function* ({ signal }) {
    yield "on it";
    working.resolve();
    await new Promise((resolve) => signal.addEventListener("abort", resolve));
  });
  await using started = await startGateway({ agents: [endless] });
  const run = accepted(started.gateway);
  const response = post(started.gateway, path, body);
  await working.promise;
  await started.gateway.stop({ graceMs: 0 });
  expect((await response).status).toBe(503);
  await expectRunId(await response, run);
});

test.each([...TURNS, ["/tools/invoke", CALL] as const])("%s names no run when none began", async (path, body) => {
  const policy: Policy = () => ({ effect: "deny", rule: "closed", reason: "nobody is in" });
  await using started = await startGateway({ ...tools, policy });
  const response = await post(started.gateway, path, body);
  expect(response.status).toBe(403);
  expect(response.headers.has("x-run-id")).toBe(false);
});

test("a tool call that policy refuses names its run", async () => {
  const policy: Policy = ({ type }) =>
    type === "tool.call"
      ? { effect: "deny", rule: "quiet", reason: "people sleep" }
      : { effect: "allow", rule: "test" };
  await using started = await startGateway({ ...tools, policy });
  const run = accepted(started.gateway);
  const response = await post(started.gateway, "/tools/invoke", CALL);
  expect(response.status).toBe(403);
  await expectRunId(response, run);
});

test("a key that another call has names the run of that call", async () => {
  await using started = await startGateway(tools);
  const run = accepted(started.gateway);
  await post(started.gateway, "/tools/invoke", { ...CALL, idempotencyKey: "k" });
  const response = await post(started.gateway, "/tools/invoke", {
    ...CALL,
    args: { text: "other" },
    idempotencyKey: "k",
  });
  expect(response.status).toBe(409);
  await expectRunId(response, run);
});

test("a result that can't be read names the run that has it", async () => {
  await using started = await startGateway();
  const store = unreadable(sqliteStore({ stateDir: started.stateDir }));
  const gateway = await started.restart({ ...tools, store });
  const run = accepted(gateway);
  const response = await post(gateway, "/tools/invoke", CALL);
  expect(response.status).toBe(500);
  await expectRunId(response, run);
});

/** A store whose runs can be written and not read. */
function unreadable(store: Store): Store {
  return new Proxy(store, {
    get(target, name) {
      if (name !== "as") return Reflect.get(target, name);
      const as: Store["as"] = (principal) => {
        const mine = target.as(principal);
        return { ...mine, runs: { ...mine.runs, get: async () => Promise.reject(new Error("the disk is gone")) } };
      };
      return as;
    },
  });
}
