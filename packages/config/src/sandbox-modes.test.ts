import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { narrowSandbox } from "./narrow-sandbox.ts";
import { resolveAgents } from "./resolve-agents.ts";
import type { ResolvedSandbox } from "./resolve-sandbox.ts";
import { sandboxPlace } from "./sandbox-place.ts";
import { parseConfig } from "./validate.ts";

async function sandboxOf(text: string, agent = "default") {
  const found = resolveAgents(await parseConfig(text)).find(({ id }) => id === agent);
  if (found === undefined) throw new Error(`there is no agent ${agent}`);
  return found.sandbox;
}

describe("the mode", () => {
  test("is non-main by default, and all for an agent that a binding or a broadcast group leads to", async () => {
    const text = `{
      agents: { list: [{ id: "bound" }, { id: "group" }, { id: "chosen", sandbox: { mode: "off" } }] },
      bindings: [{ agentId: "chosen", match: { channel: "telegram" } }, { agentId: "bound", match: { channel: "telegram" } }],
      broadcast: { "whatsapp:1@g.us": ["group", "default"] },
    }`;
    const rows = await Promise.all(
      ["bound", "group", "chosen"].map(async (agent) => {
        const { mode, rules } = await sandboxOf(text, agent);
        return [mode, rules["mode"]];
      }),
    );
    expect(rows).toEqual([
      ["all", "default: bindings[1] lets a chat channel in"],
      ["all", 'default: broadcast["whatsapp:1@g.us"] lets a chat channel in'],
      ["off", "agents.list[2].sandbox.mode"],
    ]);
    expect(await sandboxOf("{}")).toMatchObject({ mode: "non-main", rules: { mode: "default" } });
  });

  test("of the nearest layer counts, in both directions", async () => {
    const text = `{ sandbox: { mode: "all" }, agents: { defaults: { sandbox: { mode: "off" } }, entries: { x: { sandbox: { mode: "non-main" } } } } }`;
    expect(await sandboxOf(text)).toMatchObject({ mode: "off", rules: { mode: "agents.defaults.sandbox.mode" } });
    expect(await sandboxOf(text, "x")).toMatchObject({
      mode: "non-main",
      rules: { mode: "agents.entries.x.sandbox.mode" },
    });
  });
});

test("every value names the key it comes from", async () => {
  const { rules } = await sandboxOf(
    `{
      sandbox: { backend: "docker", workspaceAccess: "ro", network: { allow: ["a.test"] }, docker: { cpus: 2, memoryMb: 64 }, host: { enabled: true } },
      agents: { defaults: { sandbox: { scope: "agent", docker: { cpus: 1 } } }, list: [{ id: "default", sandbox: { workspaceAccess: "none" } }] },
    }`,
  );
  expect(rules).toEqual({
    backend: "sandbox.backend",
    mode: "default",
    scope: "agents.defaults.sandbox.scope",
    workspaceAccess: "agents.list[0].sandbox.workspaceAccess",
    network: "sandbox.network",
    secretFiles: "default",
    "docker.image": "default",
    "docker.setupCommand": "default",
    "docker.setupAllow": "default",
    "docker.memoryMb": "sandbox.docker.memoryMb",
    "docker.cpus": "agents.defaults.sandbox.docker.cpus",
    "docker.pidsLimit": "default",
    "docker.diskMb": "default",
    "host.enabled": "sandbox.host.enabled",
  });
});

test("the host is closed by any layer that says so, and open only where one does", async () => {
  const open = `sandbox: { host: { enabled: true } }`;
  expect((await sandboxOf(`{ ${open} }`)).host.enabled).toBe(true);
  expect((await sandboxOf("{}")).host.enabled).toBe(false);
  const closed = await sandboxOf(
    `{ ${open}, agents: { list: [{ id: "default", sandbox: { host: { enabled: false } } }] } }`,
  );
  expect([closed.host.enabled, closed.rules["host.enabled"]]).toEqual([false, "agents.list[0].sandbox.host.enabled"]);
  const below = `{ sandbox: { host: { enabled: false } }, agents: { list: [{ id: "default", sandbox: { host: { enabled: true } } }] } }`;
  expect((await sandboxOf(below)).host.enabled).toBe(false);
});

describe("the place", () => {
  const main = "agent:main:main";
  const other = "agent:main:dashboard:1";
  test.each([
    ["all", true, main, true, "sandbox", "mode"],
    ["non-main", true, main, true, "host", "host.enabled"],
    ["non-main", true, main, false, "sandbox", "host.enabled"],
    ["non-main", true, other, true, "sandbox", "mode"],
    ["non-main", true, "agent:main:main~ben", true, "sandbox", "mode"],
    ["non-main", true, "agent:other:main", true, "sandbox", "mode"],
    ["non-main", false, main, true, "sandbox", "host.enabled"],
    ["off", false, main, true, "nowhere", "mode"],
    ["off", true, other, true, "host", "host.enabled"],
    ["off", true, main, false, "nowhere", "host.enabled"],
  ] as const)("mode %s, host %s, in %s, owner %s: %s by %s", (mode, enabled, session, owner, place, rule) => {
    const rules = { mode: "mode", "host.enabled": "host.enabled" };
    const found = sandboxPlace({ mode, host: { enabled }, rules }, { agent: "main", session, owner });
    expect(found).toMatchObject({ place, rule });
  });
});

describe("an agent that acts through another", () => {
  const limit = fc.option(fc.integer({ min: 16, max: 64 }), { nil: undefined });
  const sandbox = fc
    .record({
      backend: fc.constantFrom("auto", "docker", "bwrap", "virtual"),
      mode: fc.constantFrom("all", "non-main", "off"),
      scope: fc.constantFrom("session", "agent", "shared"),
      workspaceAccess: fc.constantFrom("none", "ro", "rw"),
      network: fc.constantFrom("none" as const, { allow: ["a.test"], deny: [], ask: false, bindings: {} }),
      secretFiles: fc.constantFrom({}, { key: "a secret" }),
      docker: fc.record({ memoryMb: limit, cpus: limit, pidsLimit: limit, diskMb: limit }),
      host: fc.record({ enabled: fc.boolean() }),
    })
    .map(({ docker, ...rest }): ResolvedSandbox => {
      const limits = Object.entries(docker).filter(([, value]) => value !== undefined);
      return { ...rest, docker: Object.fromEntries(limits), rules: {} } as ResolvedSandbox;
    });
  const ORDER = {
    access: ["none", "ro", "rw"],
    mode: ["all", "non-main", "off"],
    place: ["nowhere", "sandbox", "host"],
  };
  const width = ({ workspaceAccess, mode, network, secretFiles, host, docker }: ResolvedSandbox) => [
    ORDER.access.indexOf(workspaceAccess),
    ORDER.mode.indexOf(mode),
    network === "none" ? 0 : 1,
    Object.keys(secretFiles).length,
    Number(host.enabled),
    ...(["memoryMb", "cpus", "pidsLimit", "diskMb"] as const).map((name) => docker[name] ?? Number.POSITIVE_INFINITY),
  ];

  test("has nothing that either of the two has not", () => {
    fc.assert(
      fc.property(sandbox, sandbox, (parent, child) => {
        const narrowed = width(narrowSandbox(parent, child));
        for (const wider of [width(parent), width(child)]) {
          for (const [index, value] of narrowed.entries()) expect(value).toBeLessThanOrEqual(wider[index] ?? 0);
        }
      }),
    );
  });

  test("never comes to the host where the other does not, however deep", () => {
    const caller = { agent: "main", session: "agent:main:main", owner: true };
    fc.assert(
      fc.property(fc.array(sandbox, { minLength: 2, maxLength: 5 }), (chain) => {
        const last = chain.reduce(narrowSandbox);
        if (sandboxPlace(last, caller).place !== "host") return;
        for (const one of chain) expect(one.host.enabled).toBe(true);
      }),
    );
  });

  test("keeps what it has when both are alike", () => {
    fc.assert(
      fc.property(sandbox, (one) => {
        expect(narrowSandbox(one, one)).toEqual(one);
      }),
    );
  });

  test("is told whose rule each value comes from", async () => {
    const text = `{ sandbox: { docker: { cpus: 2 } }, agents: { list: [{ id: "a", sandbox: { workspaceAccess: "ro" } }, { id: "b", sandbox: { docker: { cpus: 1 } } }] } }`;
    const { rules } = narrowSandbox(await sandboxOf(text, "a"), await sandboxOf(text, "b"));
    expect(rules).toMatchObject({
      workspaceAccess: "agents.list[0].sandbox.workspaceAccess",
      "docker.cpus": "agents.list[1].sandbox.docker.cpus",
    });
  });
});
