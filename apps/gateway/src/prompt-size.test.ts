import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadConfig, resolveAgents } from "@claw/config";
import { type Model, type ModelRequest, silentLogger } from "@claw/core";
import { createGateway, trustEverybody } from "@claw/gateway";
import { sqliteStore } from "@claw/store-sqlite";
import { builtinTools } from "@claw/tools";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createAgents, presetNames } from "./agents.ts";
import { chooseSandbox } from "./sandbox.ts";
import { prepareStateDir } from "./state-dir.ts";

const MAX_CHARACTERS = 12_000;

let stateDir: string;
beforeEach(async () => {
  stateDir = await mkdtemp(join(tmpdir(), "claw-prompt-"));
});
afterEach(() => rm(stateDir, { recursive: true, force: true }));

test("system text and tool schemas for “hi” stay within 12,000 characters", async () => {
  const configPath = join(stateDir, "openclaw.json");
  await prepareStateDir({ stateDir, configPath });
  const { config } = await loadConfig({ path: configPath, env: {} });
  const requests: ModelRequest[] = [];
  const model: Model = {
    ref: "test/recorder",
    async *stream(request) {
      requests.push(request);
      yield { type: "model-end", stop: "stop" };
    },
  };
  const tools = builtinTools();
  const agents = createAgents({
    config,
    resolved: resolveAgents(config, presetNames),
    models: { resolve: async () => model, list: () => [] },
    workspaceOf: () => join(stateDir, "workspace"),
    tools,
  });
  const provider = await chooseSandbox("virtual", {
    stateDir,
    docker: {},
    audit: { intent: () => Promise.reject(new Error("nothing is recorded")) },
    warm: 0,
    guard: { through: async () => undefined },
    log: silentLogger,
    onProgress() {},
  });
  await using gateway = createGateway({
    agents,
    tools,
    store: sqliteStore({ stateDir }),
    authenticate: trustEverybody,
    policy: () => ({ effect: "allow", rule: "test" }),
    sandbox: { provider, plan: () => ({ spec: { key: "one", workspace: { access: "none" }, network: "none" } }) },
  });
  await gateway.start();
  for (const name of presetNames) {
    const response = await gateway.fetch(
      new Request("http://localhost/v1/chat/completions", {
        method: "POST",
        headers: { host: "localhost", "content-type": "application/json" },
        body: JSON.stringify({ model: `openclaw/${name}`, messages: [{ role: "user", content: "hi" }] }),
      }),
    );
    expect(response.status).toBe(200);
  }

  const sizes = requests.map(({ system, tools: specs }) => [system.length, JSON.stringify(specs).length] as const);
  for (const [index, [system, schemas]] of sizes.entries()) {
    console.log(`${presetNames[index]}: ${system} characters of system text and ${schemas} of tool schemas`);
    expect(system + schemas).toBeLessThanOrEqual(MAX_CHARACTERS);
  }
  expect(requests[0]?.system).toContain("AGENTS.md");
  expect(sizes).toHaveLength(presetNames.length);
});
