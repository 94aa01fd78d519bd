import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { action } from "./action.fixture.ts";
import { evaluate } from "./combinators.ts";
import { ownerPolicy } from "./owner-policy.ts";
import { runBudget } from "./run-budget.ts";
import { toolGroups, toolProfiles } from "./tool-groups.ts";
import { type ToolLayer, toolPolicy, toolRules } from "./tool-policy.ts";

describe("the rule is the configuration key that decided", () => {
  const rules = toolRules({
    profile: "coding",
    deny: ["cron", "web_*", "group:media"],
    agents: [{ id: "main" }, { id: "reader", tools: { allow: ["read", "ls"], deny: ["ls"] } }],
    entries: { writer: { tools: { deny: ["exec"] } } },
  });

  test.each([
    ["main", "exec", "allow", "tools.profile"],
    ["main", "web_fetch", "deny", "tools.deny[1]"],
    ["main", "VIEW_IMAGE", "deny", "tools.deny[2]"],
    ["main", "message", "deny", "tools.profile"],
    ["reader", "read", "allow", "agents.list[1].tools.allow[0]"],
    ["reader", "exec", "deny", "agents.list[1].tools.allow"],
    ["reader", "ls", "deny", "agents.list[1].tools.deny[0]"],
    ["writer", "exec", "deny", "agents.entries.writer.tools.deny[0]"],
    ["reader", "cron", "deny", "tools.deny[0]"],
    ["nobody", "exec", "allow", "tools.profile"],
  ])("%s may %s: %s by %s", (agent, tool, effect, rule) => {
    expect(rules(agent, tool)).toMatchObject({ effect, rule });
  });

  test("and the reason says what to change", () => {
    expect(rules("main", "web_fetch")).toHaveProperty(
      "reason",
      '"web_fetch" is denied by tools.deny[1] ("web_*"); remove it there to allow the tool',
    );
  });

  test("without any rules every tool is allowed", () => {
    expect(toolRules({})("main", "anything")).toEqual({ effect: "allow", rule: "tools" });
  });

  test("an empty allow list closes nothing", () => {
    expect(toolRules({ allow: [] })("main", "exec").effect).toBe("allow");
  });
});

test("a group or profile that does not exist is refused at once, with its place", () => {
  expect(() => toolRules({ deny: ["exec", "group:runtme"] })).toThrow(
    /^tools\.deny\[1\] names the group "group:runtme"/,
  );
  expect(() => toolRules({ deny: ["group:constructor"] })).toThrow("does not exist");
  expect(() => toolRules({ profile: "toString" as "full" })).toThrow(/^tools\.profile names the profile/);
});

describe("over any layers", () => {
  const tool = fc.constantFrom("exec", "read", "web_fetch", "message", "session_status", "mcp__x__y", "Exec", "", "*");
  const entry = fc.oneof(
    tool.filter((name) => name !== ""),
    fc.constantFrom(...Object.keys(toolGroups)),
    fc.stringMatching(/^[a-z_*]{1,5}$/),
  );
  const list = fc.array(entry, { maxLength: 4 });
  const profile = fc.constantFrom(...(Object.keys(toolProfiles) as (keyof typeof toolProfiles)[]));
  const layer: fc.Arbitrary<ToolLayer> = fc.record({ profile, allow: list, deny: list }, { requiredKeys: [] });

  test("deny always wins", () => {
    fc.assert(
      fc.property(layer, layer, tool, fc.boolean(), (wider, own, name, above) => {
        const denied = (one: ToolLayer) => ({ ...one, deny: [...(one.deny ?? []), name || "*"] });
        const rules = toolRules({
          ...(above ? denied(wider) : wider),
          agents: [{ id: "a", tools: above ? own : denied(own) }],
        });
        expect(rules("a", name).effect).toBe("deny");
      }),
    );
  });

  test("a further layer never widens", () => {
    fc.assert(
      fc.property(layer, layer, tool, (wider, own, name) => {
        const narrowed = toolRules({ ...wider, agents: [{ id: "a", tools: own }] })("a", name);
        if (narrowed.effect === "allow") expect(toolRules(wider)("a", name).effect).toBe("allow");
      }),
    );
  });

  test("a wildcard matches as its regular expression would", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab*]{1,6}$/), fc.stringMatching(/^[ab]{0,8}$/), (glob, name) => {
        const expected = new RegExp(`^${glob.replaceAll("*", ".*")}$`).test(name);
        expect(toolRules({ allow: [glob] })("a", name).effect).toBe(expected ? "allow" : "deny");
      }),
    );
  });

  test("any input of a call gets a decision", async () => {
    await fc.assert(
      fc.asyncProperty(layer, fc.dictionary(fc.constantFrom("tool", "x"), fc.anything()), async (one, input) => {
        const call = { ...action("tool.call"), input };
        const decision = await evaluate(toolPolicy(one), call);
        if (typeof input["tool"] !== "string") expect(decision.effect).toBe("deny");
        expect(decision.rule).not.toBe("policy-error");
      }),
    );
  });
});

describe("ownerPolicy", () => {
  const policy = ownerPolicy({ tools: { deny: ["exec"] } });

  test.each([
    [action("message.accept"), "allow", "scope.write"],
    [action("message.accept", {}, ["read"]), "deny", "scope.write"],
    [action("message.accept", {}, ["node"]), "deny", "scope.write"],
    [action("tool.call", { tool: "read" }), "allow", "tools"],
    [action("tool.call", { tool: "exec" }), "deny", "tools.deny[0]"],
    [action("sandbox.acquire", { network: "none" }), "allow", "sandbox.network"],
    [action("sandbox.acquire", { network: "host" }), "deny", "sandbox.network"],
    [action("sandbox.acquire"), "deny", "sandbox.network"],
    [action("network.connect"), "deny", "default-deny"],
    [action("secret.use", {}, ["admin"]), "deny", "default-deny"],
    [action("config.change", {}, ["admin"]), "deny", "default-deny"],
  ])("$type is decided by a named rule", async (one, effect, rule) => {
    expect(await evaluate(policy, one)).toMatchObject({ effect, rule });
  });
});

describe("runBudget", () => {
  test("a run gets its calls and no more, other runs are not touched", async () => {
    const budget = runBudget({ toolCallsPerRun: 2 });
    expect(await budget.reserve("a", { toolCalls: 1 })).toBeDefined();
    expect(await budget.reserve("a", { toolCalls: 1 })).toBeDefined();
    expect(await budget.reserve("a", { toolCalls: 1 })).toBeUndefined();
    expect(await budget.reserve("b", { toolCalls: 2 })).toBeDefined();
  });

  test("what was not spent is given back, once", async () => {
    const budget = runBudget({ toolCallsPerRun: 2 });
    const reservation = await budget.reserve("a", { toolCalls: 2 });
    await reservation?.settle({ toolCalls: 1 });
    await reservation?.settle({ toolCalls: 0 });
    expect(await budget.reserve("a", { toolCalls: 1 })).toBeDefined();
    expect(await budget.reserve("a", { toolCalls: 1 })).toBeUndefined();
  });

  test.each([-1, Number.NaN, 0.5, Number.POSITIVE_INFINITY])(
    "%d calls are not a count and are refused",
    async (toolCalls) => {
      expect(await runBudget().reserve("a", { toolCalls })).toBeUndefined();
    },
  );
});

test("a tool in an ask list needs an approval, unless it is denied anyway, and an agent's list adds to the wider one", () => {
  const rules = toolRules({
    deny: ["write"],
    ask: ["exec", "write"],
    agents: [{ id: "coder", tools: { ask: ["group:fs"] } }],
  });
  expect(rules("main", "exec")).toEqual({
    effect: "ask",
    rule: "tools.ask[0]",
    reason: '"exec" needs an approval by tools.ask[0] ("exec")',
  });
  expect(rules("main", "write").effect).toBe("deny");
  expect(rules("main", "read").effect).toBe("allow");
  expect(rules("coder", "read")).toMatchObject({ effect: "ask", rule: "agents.list[0].tools.ask[0]" });
  expect(rules("coder", "exec").effect).toBe("ask");
});
