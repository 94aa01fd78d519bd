import { parseConfig, resolveAgents } from "@claw/config";
import type { Principal, SandboxProvider } from "@claw/core";
import { silentLogger } from "@claw/core";
import { expect, test } from "vitest";
import { sandboxPlan } from "./sandbox-plan.ts";
import { sandboxProviders } from "./sandbox-providers.ts";

const OWNER: Principal = { id: "owner", kind: "user", tenant: "local", scopes: ["admin"], credential: "token" };
const AGENT: Principal = { ...OWNER, id: "agent:narrow:main", kind: "agent", scopes: ["write"] };

/** What a configuration plans, and which backends it chose. */
async function planOf(text: string) {
  const agents = resolveAgents(await parseConfig(text), ["main"]);
  const chosen: string[] = [];
  const providers = sandboxProviders(
    { stateDir: "/s", warm: 0, log: silentLogger, onProgress() {} },
    async (name, { image }) => {
      chosen.push(`${name} ${image ?? "bundled"}`);
      return { name, summary: "", limits: [], acquire: () => Promise.reject(new Error()) } satisfies SandboxProvider;
    },
  );
  await providers.use(agents);
  const workspaceOf = (agent: string) => agents.find(({ id }) => id === agent)?.workspace ?? "/w";
  const plan = sandboxPlan({ agents: () => agents, workspaceOf, providers });
  const at = (agent: string, session = "main", principal = OWNER) =>
    plan({ agent, session: `agent:${agent}:${session}`, principal });
  return { at, chosen };
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
      { id: "own", sandbox: { docker: { image: "tools:1", cpus: 2, pidsLimit: 9 }, workspaceAccess: "ro" } },
      { id: "virtual", sandbox: { backend: "virtual", workspaceAccess: "none" } },
      { id: "off", sandbox: { backend: "bwrap", mode: "off" } },
    ] },
  }`);
  expect(chosen).toEqual(["docker bundled", "docker tools:1", "virtual bundled"]);
  expect(at("own").spec).toMatchObject({ cpus: 2, pids: 9, workspace: { access: "ro", path: "/w" } });
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
