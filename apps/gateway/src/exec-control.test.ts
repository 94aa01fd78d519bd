import { parseConfig, resolveAgents } from "@claw/config";
import type { Principal, SettingsChange } from "@claw/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { commandsOnHost, execControl } from "./exec-control.ts";

const OWNER: Principal = { id: "owner", kind: "user", tenant: "local", scopes: ["admin"], credential: "token" };
const OPEN = `{
  sandbox: { host: { enabled: true }, mode: "all" },
  tools: { exec: { security: "allowlist", ask: "on-miss" }, elevated: { enabled: true, allowFrom: ["owner"] } },
}`;

async function controlOf(text: string) {
  const config = await parseConfig(text);
  const [main] = resolveAgents(config, ["main"]);
  const control = execControl(config, () => main);
  const site = (principal: Principal) => ({ agent: "main", session: "agent:main:x", principal });
  const refusal = (change: SettingsChange, principal = OWNER) => control.refusal(change, site(principal));
  const standing = (settings: SettingsChange, principal = OWNER) => control.standing(settings, site(principal));
  return { refusal, standing, config, main };
}

test.each<[string, SettingsChange, string]>([
  ["{}", { elevatedLevel: "on" }, "sandbox.host.enabled"],
  ["{ sandbox: { host: { enabled: true } } }", { elevatedLevel: "full" }, "tools.elevated.enabled"],
  ["{ sandbox: { host: { enabled: true } } }", { execHost: "gateway" }, "tools.elevated.enabled"],
  [OPEN, { execHost: "node" }, "execHost"],
  [OPEN, { execSecurity: "full" }, "tools.exec.security"],
  [OPEN, { execAsk: "off" }, "tools.exec.ask"],
])("with %s the change %j is refused, with the rule", async (text, change, rule) => {
  expect((await controlOf(text)).refusal(change)).toContain(rule);
});

test("whoever is not listed is refused by name, and what narrows is for all", async () => {
  const { refusal } = await controlOf(OPEN);
  const ada = { ...OWNER, id: "ada" };
  expect(refusal({ elevatedLevel: "on" }, ada)).toContain('"ada" is not listed; add the id');
  const narrow: SettingsChange = {
    elevatedLevel: undefined,
    execHost: "sandbox",
    execSecurity: "deny",
    execAsk: "always",
  };
  expect(refusal(narrow, ada)).toBeUndefined();
  expect(refusal({ elevatedLevel: "full", execSecurity: "allowlist", execAsk: "on-miss" })).toBeUndefined();
});

test("a session is told where its commands run and who is asked", async () => {
  const { standing } = await controlOf(OPEN);
  expect(standing({})).toContain("Commands run in the sandbox");
  expect(standing({ elevatedLevel: "full" })).toBe("Commands run on the host: security allowlist, ask on-miss.");
  expect(standing({ elevatedLevel: "on" })).toBe("Commands run on the host: security allowlist, ask always.");
});

test("what is refused has no effect either, whatever the settings say", async () => {
  const settings = fc.record(
    {
      elevatedLevel: fc.constantFrom("off", "on", "ask", "full"),
      execHost: fc.constantFrom("auto", "sandbox", "gateway"),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<SettingsChange>;
  const kinds = fc.constantFrom<Principal["kind"]>("user", "contact", "agent", "service");
  const { refusal, main, config } = await controlOf(OPEN);
  fc.assert(
    fc.property(settings, kinds, fc.constantFrom("owner", "ada"), (chosen, kind, id) => {
      const principal = { ...OWNER, kind, id };
      const standing = { place: "sandbox", sandbox: main.sandbox, elevated: config.tools.elevated } as const;
      if (!commandsOnHost({ settings: chosen, principal }, standing)) return;
      expect([kind, id]).toEqual(["user", "owner"]);
      expect(refusal(chosen, principal)).toBeUndefined();
    }),
  );
});
