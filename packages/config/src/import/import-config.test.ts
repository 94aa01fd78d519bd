import JSON5 from "json5";
import { describe, expect, test } from "vitest";
import { formatConfigPath } from "../config-path.ts";
import { parseConfig } from "../validate.ts";
import { importConfig } from "./import-config.ts";
import { leavesOf } from "./leaves.ts";
import { openClawConfigs } from "./openclaw.fixture.ts";

const TOP_LEVEL =
  "$schema meta env wizard diagnostics logging update telemetry browser ui secrets auth accessGroups acp models nodeHost agents worktreeRoot worktreeAcceleration tools security bindings broadcast attachments messages tts commands approvals session cron transcripts hooks channels discovery talk gateway cloudWorkers desktop memory mcp skills plugins surfaces proxy".split(
    " ",
  );

const take = (name: string) => importConfig(openClawConfigs[name] ?? "", { file: "/nowhere/openclaw.json", env: {} });
const answers = async (name: string) => new Map((await take(name)).keys.map((key) => [key.path, key]));

describe.each(Object.keys(openClawConfigs))("the configuration %s", (name) => {
  test("gives one that is right, and every key of it an answer", async () => {
    const { config, keys } = await take(name);
    await parseConfig(JSON.stringify(config));
    for (const { path } of leavesOf(JSON5.parse(openClawConfigs[name] ?? ""))) {
      const text = formatConfigPath(path);
      const covering = keys.filter(
        (key) => text === key.path || text.startsWith(`${key.path}.`) || text.startsWith(`${key.path}[`),
      );
      expect([text, covering.length]).toEqual([text, 1]);
    }
    for (const { outcome, reason, to } of keys)
      expect((outcome === "ignored" ? reason : to)?.length).toBeGreaterThan(0);
  });

  test("leaves no secret in the report", async () => {
    expect(JSON.stringify((await take(name)).keys)).not.toContain("hush-");
  });
});

test("every top-level key of OpenClaw has an answer of its own", async () => {
  const { keys } = await take("everything");
  for (const key of TOP_LEVEL) {
    const found = keys.find(({ path }) => path.split(/[.[]/)[0] === key);
    expect([key, found?.reason ?? found?.to]).toEqual([key, expect.not.stringContaining("no such key here")]);
  }
  expect(keys).toContainEqual({ path: "somethingNew", outcome: "ignored", reason: "there is no such key here" });
});

test("what has another name or form here is taken over in it", async () => {
  const found = await answers("home");
  const { config } = await take("home");
  expect(found.get("agents.entries.main.identity.name")).toMatchObject({
    outcome: "renamed",
    to: "agents.entries.main.name",
  });
  expect(found.get("agents.defaults.utilityModel")).toMatchObject({ outcome: "renamed", to: "models.routing.fast" });
  expect(found.get("gateway.bind")).toMatchObject({ outcome: "changed", to: "gateway.bind" });
  expect(found.get("agents.defaults.sandbox.docker.image")).toMatchObject({
    reason: "Claw builds a sandbox image of its own",
  });
  expect(config).toMatchObject({
    gateway: { port: 18789, bind: "loopback", auth: { token: "hush-gateway" } },
    logging: { level: "debug" },
    agents: {
      defaults: {
        sandbox: { mode: "non-main", scope: "session", docker: { memoryMb: 1024, cpus: 1.5, pidsLimit: 256 } },
      },
      entries: { main: { name: "Samantha", description: "helpful sloth", default: true } },
    },
    models: {
      routing: { vision: { primary: "anthropic/claude-sonnet-5" }, fast: "local/qwen" },
      providers: {
        anthropic: { apiKey: { source: "env", id: "ANTHROPIC_API_KEY" } },
        local: { models: [{ id: "qwen" }] },
      },
    },
  });
});

test("an entry that has no place takes nothing else of its list with it", async () => {
  const { config, keys } = await take("team");
  expect(config).toMatchObject({
    agents: { list: [{ id: "support", model: "openai/gpt-5" }, { id: "coder" }] },
    bindings: [{ agentId: "support" }, { agentId: "coder", match: { guildId: "1" } }],
    secrets: { providers: { vault: { command: "/usr/local/bin/vault-resolver" } }, defaults: { exec: "vault" } },
    gateway: { auth: { password: { source: "exec", id: "gateway/password" } } },
  });
  expect(keys.find(({ path }) => path === "agents.list[2].id")?.reason).toContain("an agent id");
  expect(keys.find(({ path }) => path.startsWith("agents.list[0].model.fallbacks"))?.reason).toContain("no fallbacks");
});

test("a file that is no object is refused", async () => {
  await expect(importConfig("[]", { file: "/nowhere/x.json", env: {} })).rejects.toThrow("expected an object");
});
