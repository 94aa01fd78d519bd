import { afterAll, beforeAll, expect, test } from "vitest";
import { type FakeModel, say, startFakeModel } from "./harness/fake-model.ts";
import { type RunningGateway, startGateway } from "./harness/gateway.ts";
import { installOpenClaw, type OpenClaw, openClaw } from "./harness/openclaw.ts";

// The stock command line, unchanged, against our gateway.

let model: FakeModel;
let gateway: RunningGateway;
let stock: OpenClaw;

beforeAll(async () => {
  await installOpenClaw();
  model = await startFakeModel(say("Hello", " from the fake."));
  gateway = await startGateway({ config: model.config });
  const { port } = new URL(gateway.url);
  stock = await openClaw({ OPENCLAW_GATEWAY_PORT: port, OPENCLAW_GATEWAY_TOKEN: gateway.token });
}, 300_000);

afterAll(async () => {
  await stock?.[Symbol.asyncDispose]();
  await gateway?.[Symbol.asyncDispose]();
  await model?.[Symbol.asyncDispose]();
});

/** `openclaw gateway call`, with the address and the token on the command line. */
const call = (method: string, token = gateway.token) =>
  stock.run("gateway", "call", method, "--json", "--url", gateway.webSocketUrl, "--token", token);

test("gateway call health says that all is well", async () => {
  const { code, stdout, stderr } = await call("health");
  expect(stderr).not.toContain("failed");
  expect(JSON.parse(stdout)).toMatchObject({ ok: true, defaultAgentId: "default" });
  expect(code).toBe(0);
});

test("gateway call status shows version, model and sessions", async () => {
  const { code, stdout } = await call("status");
  expect(JSON.parse(stdout)).toMatchObject({
    runtimeVersion: expect.stringMatching(/^\d+\.\d+\.\d+/),
    sessions: { defaults: { model: "fake/scripted" } },
  });
  expect(code).toBe(0);
});

test("agent -m is answered through our gateway, by our model, in a run of ours", async () => {
  const { code, stdout } = await stock.run("agent", "-m", "hello there");
  expect(stdout.trim()).toBe("Hello from the fake.");
  expect(code).toBe(0);
  expect(model.requests.at(-1)?.body.messages.at(-1)).toMatchObject({ role: "user", content: "hello there" });
  const client = await gateway.connect();
  const { runs } = await client.request("runs.list", { sessionKey: "main" });
  client.close();
  expect(runs).toMatchObject([{ state: "done", sessionKey: "agent:default:main" }]);
});

test("gateway probe reads health, status, presence and configuration", async () => {
  const { code, stdout } = await stock.run("gateway", "probe", "--json");
  const { ok, targets } = JSON.parse(stdout);
  expect(targets).toMatchObject([{ connect: { ok: true }, health: { ok: true }, config: expect.anything() }]);
  expect({ ok, code }).toEqual({ ok: true, code: 0 });
});

test("models list names the model and whether it can be used", async () => {
  const { code, stdout } = await stock.run("models", "list", "--json");
  const { models } = JSON.parse(stdout);
  expect(models).toContainEqual(expect.objectContaining({ key: "fake/scripted", available: true }));
  expect(code).toBe(0);
});

test("a wrong token is refused with what to do about it", async () => {
  const { code, stdout, stderr } = await call("health", "not-the-token");
  expect(`${stdout}${stderr}`).toContain("The token is not the one of this gateway");
  expect(code).not.toBe(0);
});

test("logs shows the gateway's own log", async () => {
  await fetch(`${gateway.url}/v1/models`, { headers: { authorization: "Bearer not-the-token" } });
  const { code, stdout } = await stock.run("logs", "--json");
  const [meta, ...lines] = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(meta).toMatchObject({ type: "meta", file: expect.stringContaining("gateway.jsonl") });
  expect(lines.map(({ raw }) => JSON.parse(raw).msg)).toContain("a credential was refused");
  expect(stdout).not.toContain("not-the-token");
  expect(code).toBe(0);
});

test("gateway usage-cost adds up what was spent", async () => {
  const { code, stdout } = await stock.run("gateway", "usage-cost", "--json", "--days", "7");
  expect(JSON.parse(stdout)).toMatchObject({ days: 7, totals: { totalTokens: expect.any(Number), totalCost: 0 } });
  expect(code).toBe(0);
});
