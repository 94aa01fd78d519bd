import { parseConfig, resolveAgents } from "@claw/config";
import { type Principal, type SandboxProvider, type SessionSettings, silentLogger } from "@claw/core";
import { hostSandbox } from "@claw/sandbox-host";
import { expect, test } from "vitest";
import { sandboxPlan } from "./sandbox-plan.ts";
import { sandboxProviders } from "./sandbox-providers.ts";

const OWNER: Principal = { id: "owner", kind: "user", tenant: "local", scopes: ["admin"], credential: "token" };
const CONTACT: Principal = { ...OWNER, id: "telegram:1", kind: "contact", scopes: ["write"] };
const AGENT: Principal = { ...OWNER, id: "agent:narrow:main", kind: "agent", scopes: ["write"] };

/** What a configuration plans, and which backends it chose. */
async function planOf(text: string) {
  const config = await parseConfig(text);
  const agents = resolveAgents(config, ["main"]);
  const chosen: string[] = [];
  const providers = sandboxProviders(
    {
      stateDir: "/s",
      audit: { intent: () => Promise.reject(new Error()) },
      warm: 0,
      guard: { through: async () => undefined },
      log: silentLogger,
      onProgress() {},
    },
    async (name, { docker: { image } }) => {
      chosen.push(`${name} ${image ?? "bundled"}`);
      return { name, summary: "", limits: [], acquire: () => Promise.reject(new Error()) } satisfies SandboxProvider;
    },
  );
  await providers.use(agents);
  const workspaceOf = (agent: string) => agents.find(({ id }) => id === agent)?.workspace ?? "/w";
  const host = hostSandbox({ stateDir: "/s" });
  const { plan, explain } = sandboxPlan({
    agents: () => agents,
    workspaceOf,
    providers,
    host,
    elevated: () => config.tools.elevated,
  });
  const site = (agent: string, session: string, principal: Principal) => ({
    agent,
    session: `agent:${agent}:${session}`,
    principal,
    settings: {},
    command: false,
  });
  const at = (agent: string, session = "main", principal = OWNER) => plan(site(agent, session, principal));
  /** The name of the place where a command runs, and what the session adds to the rules. */
  const command = (settings: SessionSettings = {}, session = "main", principal = OWNER) => {
    const found = plan({ ...site("main", session, principal), settings, command: true });
    return [found.provider?.name, found.host];
  };
  const explained = (agent: string, session = "main", principal = OWNER) => explain(site(agent, session, principal));
  return { at, command, explained, chosen };
}

test("by default every session has a sandbox of its own, with the workspace", async () => {
  const { at, chosen } = await planOf("{}");
  expect(at("main").spec).toEqual({
    key: "agent:main:main",
    workspace: { access: "rw", path: "/w" },
    network: "none",
  });
  expect(at("main", "dashboard:1").spec.key).toBe("agent:main:dashboard:1");
  expect(chosen).toEqual(["auto bundled"]);
});

test("sessions of one agent share a sandbox by scope, and agents only where theirs are alike", async () => {
  const { at } = await planOf(`{
    sandbox: { scope: "shared" },
    agents: { list: [
      { id: "same" },
      { id: "alone", sandbox: { scope: "agent" } },
      { id: "small", sandbox: { docker: { memoryMb: 64 } } },
      { id: "elsewhere", workspace: "/other" },
    ] },
  }`);
  const keys = ["main", "same", "alone", "small", "elsewhere"].map((agent) => at(agent, "x").spec.key);
  expect(keys).toEqual(["shared:main", "shared:main", "agent:alone", "shared:small", "shared:elsewhere"]);
  expect(at("alone", "y").spec.key).toBe("agent:alone");
});

test("agents have backends, images and limits of their own, and each backend is chosen once", async () => {
  const { at, chosen } = await planOf(`{
    sandbox: { backend: "docker" },
    agents: { list: [
      { id: "own", sandbox: { docker: { image: "tools:1", cpus: 2, pidsLimit: 9, diskMb: 50 }, workspaceAccess: "ro" } },
      { id: "virtual", sandbox: { backend: "virtual", workspaceAccess: "none" } },
      { id: "off", sandbox: { backend: "bwrap", mode: "off" } },
    ] },
  }`);
  expect(chosen).toEqual(["docker bundled", "docker tools:1", "virtual bundled"]);
  expect(at("own").spec).toMatchObject({ cpus: 2, pids: 9, diskMb: 50, workspace: { access: "ro", path: "/w" } });
  expect(at("virtual")).toMatchObject({ provider: { name: "virtual" }, spec: { workspace: { access: "none" } } });
});

test("an agent that is asked by another one has no more than that one, in a sandbox apart", async () => {
  const { at } = await planOf(`{
    sandbox: { scope: "agent", docker: { memoryMb: 512 } },
    agents: { list: [{ id: "narrow", sandbox: { workspaceAccess: "none", docker: { memoryMb: 64 } } }] },
  }`);
  expect(at("main", "x", AGENT).spec).toMatchObject({
    key: "agent:main by narrow",
    workspace: { access: "none" },
    memoryMb: 64,
  });
  expect(at("main", "x").spec).toMatchObject({ key: "agent:main", memoryMb: 512 });
});

test("without a sandbox the refusal names the rule and how to change it", async () => {
  const { at } = await planOf(`{ agents: { list: [{ id: "off", sandbox: { mode: "off" } }] } }`);
  expect(() => at("off")).toThrow(/agents\.list\[0\]\.sandbox\.mode.*set sandbox\.mode to "all"/);
});

test("the owner's main session is on the host where that is allowed, and nothing else is", async () => {
  const { at, command } = await planOf(`{ sandbox: { host: { enabled: true } } }`);
  expect(at("main").spec.key).toBe("host:agent:main:main");
  expect(command()).toEqual(["host", {}]);
  expect(command({}, "main", { ...OWNER, scopes: ["write"] })).toEqual(["host", {}]);
  expect(command({}, "main", { ...OWNER, id: "ada", scopes: ["write"] })).toEqual(["auto", undefined]);
  expect(command({}, "dashboard:1")).toEqual(["auto", undefined]);
  expect(command({}, "main", CONTACT)).toEqual(["auto", undefined]);
  expect(command({}, "main", AGENT)).toEqual(["auto", undefined]);
  expect(command({ execHost: "sandbox" })).toEqual(["auto", undefined]);
  expect(command({ execSecurity: "allowlist", execAsk: "always" })).toEqual([
    "host",
    { security: "allowlist", ask: "always" },
  ]);
});

test("an elevated session has its commands on the host and its files in the sandbox, for those who are listed", async () => {
  const rules = `host: { enabled: true }, mode: "all" }, tools: { elevated: { enabled: true, allowFrom: ["owner"] } }`;
  const { at, command } = await planOf(`{ sandbox: { ${rules} }`);
  expect(command()).toEqual(["auto", undefined]);
  expect(command({ elevatedLevel: "on" }, "x")).toEqual(["host", { ask: "always" }]);
  expect(command({ elevatedLevel: "full" })).toEqual(["host", {}]);
  expect(command({ execHost: "gateway" })).toEqual(["host", {}]);
  expect(at("main").provider?.name).toBe("auto");
  for (const other of [CONTACT, AGENT, { ...OWNER, id: "ada" }]) {
    expect(command({ elevatedLevel: "full" }, "x", other)).toEqual(["auto", undefined]);
  }
});

test.each([
  `{ tools: { elevated: { enabled: true, allowFrom: ["owner"] } } }`,
  `{ sandbox: { host: { enabled: true }, mode: "all" }, tools: { elevated: { allowFrom: ["owner"] } } }`,
  `{ sandbox: { host: { enabled: true }, mode: "all" }, tools: { elevated: { enabled: true } } }`,
  `{ sandbox: { host: { enabled: true }, mode: "all" }, agents: { list: [{ id: "main", sandbox: { host: { enabled: false } } }] }, tools: { elevated: { enabled: true, allowFrom: ["owner"] } } }`,
])("with %s a session's wish for the host leads to the sandbox", async (text) => {
  const { command } = await planOf(text);
  expect(command({ elevatedLevel: "full", execHost: "gateway" })).toEqual(["auto", undefined]);
});

test("the place is explained with the rule of each value, and without a secret", async () => {
  const { explained } = await planOf(`{
    sandbox: { network: { allow: ["a.test"], bindings: { hub: { host: "hub.test", secret: "planted" } } }, docker: { cpus: 2 }, secretFiles: { "deploy-key": "planted" } },
  }`);
  const { values, ...place } = explained("main");
  expect(place).toEqual({
    place: "sandbox",
    rule: "default",
    reason: "the main session, but running on the host is not allowed",
  });
  expect(values.map(({ key, value, rule }) => `${key} = ${value} (${rule})`)).toEqual([
    "workspace = /w (default)",
    "mode = non-main (default)",
    "scope = session (default)",
    "backend = auto (default)",
    "workspaceAccess = rw (default)",
    "network = only these, through the gateway's proxy:\n  a.test\n  http://hub.broker/ is hub.test, with a credential that stays outside\nothers are refused (sandbox.network)",
    "docker.cpus = 2 (sandbox.docker.cpus)",
    "secretFiles = deploy-key (sandbox.secretFiles)",
    "host.enabled = false (default)",
  ]);
});
