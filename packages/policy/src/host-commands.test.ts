import fc from "fast-check";
import { expect, test } from "vitest";
import { action } from "./action.fixture.ts";
import { evaluate, firstOf, strictest } from "./combinators.ts";
import { type HostCommandRules, hostCommands } from "./host-commands.ts";
import { ownerPolicy } from "./owner-policy.ts";

const onHost = (command: string, exec?: HostCommandRules) =>
  action("tool.call", { tool: "exec", input: { command }, host: "gateway", ...(exec && { exec }) });
const decide = (rules: HostCommandRules, command: string, exec?: HostCommandRules) =>
  evaluate(hostCommands(rules), onHost(command, exec));

test.each<[HostCommandRules, string, string, string]>([
  [{}, "ls", "ask", "tools.exec.ask"],
  [{ allowlist: ["ls"] }, "ls", "ask", "tools.exec.ask"],
  [{ ask: "on-miss", allowlist: ["pwd", "ls"] }, "ls", "allow", "tools.exec.allowlist[1]"],
  [{ ask: "on-miss", allowlist: ["ls"] }, "ls -la", "ask", "tools.exec.ask"],
  [{ ask: "on-miss", allowlist: ["ls"] }, "ls ", "ask", "tools.exec.ask"],
  [{ security: "allowlist", ask: "off", allowlist: ["ls"] }, "ls; id", "deny", "tools.exec.allowlist"],
  [{ security: "full", ask: "off" }, "ls", "deny", "tools.exec.allowlist"],
  [{ security: "deny", ask: "off", allowlist: ["ls"] }, "ls", "deny", "tools.exec.security"],
])("%j and the command %j: %s by %s", async (rules, command, effect, rule) => {
  expect(await decide(rules, command)).toMatchObject({ effect, rule });
});

test.each([{ env: { npm_config_script_shell: "/tmp/x" } }, { cwd: "/tmp" }, { stdin: "rm -rf /" }])(
  "a listed command with %j is not the listed one",
  async (more) => {
    const rules = hostCommands({ ask: "on-miss", allowlist: ["npm test"] });
    const call = (input: object) => action("tool.call", { tool: "exec", input, host: "gateway" });
    expect((await evaluate(rules, call({ command: "npm test", timeoutMs: 5 }))).effect).toBe("allow");
    expect((await evaluate(rules, call({ command: "npm test", ...more }))).effect).toBe("ask");
  },
);

test("it has no opinion about what does not run on the host, and denies there what shows no command", async () => {
  expect(await hostCommands()(action("tool.call", { tool: "exec", input: { command: "ls" } }))).toBeUndefined();
  expect(await hostCommands()(action("sandbox.acquire", { host: "gateway" }))).toBeUndefined();
  const silent = action("tool.call", { tool: "deploy", input: { target: "x" }, host: "gateway" });
  expect(await evaluate(hostCommands(), silent)).toMatchObject({ effect: "deny", rule: "tools.exec.host" });
});

test("a tool that is denied stays denied on the host, and an allowed one is asked about", async () => {
  const both = (deny: string[]) => strictest(firstOf(ownerPolicy({ tools: { deny } })), hostCommands());
  expect(await evaluate(both(["exec"]), onHost("ls"))).toMatchObject({ effect: "deny", rule: "tools.deny[0]" });
  expect((await evaluate(both([]), onHost("ls"))).effect).toBe("ask");
});

test("whatever the rules, a command that is not listed is never allowed, and what a session asks for never widens", async () => {
  const rules = fc.record(
    {
      security: fc.constantFrom("deny", "allowlist", "full"),
      ask: fc.constantFrom("off", "on-miss", "always"),
      allowlist: fc.array(fc.constantFrom("a", "b")),
    },
    { requiredKeys: [] },
  ) as fc.Arbitrary<HostCommandRules>;
  const rank = { allow: 0, ask: 1, deny: 2 };
  await fc.assert(
    fc.asyncProperty(rules, rules, fc.constantFrom("a", "b", "c", ""), async (given, chosen, command) => {
      const without = await decide(given, command);
      if (!given.allowlist?.includes(command)) expect(without.effect).not.toBe("allow");
      expect(rank[(await decide(given, command, chosen)).effect]).toBeGreaterThanOrEqual(rank[without.effect]);
    }),
  );
});
