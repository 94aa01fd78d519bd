import type { Decision, Policy } from "@claw/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { action } from "./action.fixture.ts";
import { evaluate, firstOf, rule, shadow, strictest } from "./combinators.ts";

const allow: Decision = { effect: "allow", rule: "a" };
const ask: Decision = { effect: "ask", rule: "q", reason: "r" };
const deny: Decision = { effect: "deny", rule: "d", reason: "r" };
const says = (decision: Decision | undefined) => () => decision;
const throws: Policy = () => {
  throw new TypeError("with a s3cret");
};
const call = action("tool.call", { tool: "exec" });

describe("evaluate", () => {
  test("denies what nobody has an opinion about, and says how to change it", async () => {
    expect(await evaluate(says(undefined), call)).toEqual({
      effect: "deny",
      rule: "default-deny",
      reason: "no rule allows tool.call, and what no rule allows is denied; add a rule to the policy",
    });
  });

  test.each([
    ["throws", throws],
    ["rejects", () => Promise.reject(new Error("s3cret"))],
    ["returns rubbish", (() => ({ effect: "sure" })) as unknown as Policy],
    ["returns null", (() => null) as unknown as Policy],
  ] as const)("denies when the policy %s, and tells no secret", async (_, policy) => {
    const decision = await evaluate(policy, call);
    expect(decision).toMatchObject({ effect: "deny", rule: "policy-error" });
    expect(JSON.stringify(decision)).not.toContain("s3cret");
  });
});

test("firstOf takes the first opinion and stops there", async () => {
  expect(await firstOf(says(undefined), says(allow), throws)(call)).toEqual(allow);
  expect(await firstOf(throws, says(allow))(call)).toMatchObject({ effect: "deny", rule: "policy-error" });
  expect(await firstOf()(call)).toBeUndefined();
});

test("rule has an opinion only where it matches", async () => {
  const noExec = rule("no-exec", ({ input }) => input["tool"] === "exec", { effect: "deny", reason: "r" });
  expect(await noExec(call)).toEqual({ effect: "deny", rule: "no-exec", reason: "r" });
  expect(await noExec(action("tool.call", { tool: "read" }))).toBeUndefined();
});

test("shadow reports and does not decide, even when the reporter fails", async () => {
  const seen: unknown[] = [];
  const tried = shadow(says(deny), (_, decision) => {
    seen.push(decision);
    throw new Error("reporter");
  });
  expect(await evaluate(firstOf(tried, says(allow)), call)).toEqual(allow);
  expect(seen).toEqual([deny]);
});

describe("strictest, over any policies", () => {
  const decision = fc.constantFrom(allow, ask, deny, undefined);
  const policy = fc.oneof(decision.map(says), fc.constant(throws));

  test("deny beats ask beats allow, in any order, and never throws", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(policy, { maxLength: 6 }), async (policies) => {
        const opinions = await Promise.all(policies.map((one) => firstOf(one)(call)));
        const effects = opinions.map((one) => one?.effect);
        const expected = (["deny", "ask", "allow"] as const).find((effect) => effects.includes(effect));
        expect((await strictest(...policies)(call))?.effect).toBe(expected);
      }),
    );
  });

  test("one more policy never turns an opinion into a milder one", async () => {
    const rank = { allow: 0, ask: 1, deny: 2 };
    await fc.assert(
      fc.asyncProperty(fc.array(policy, { minLength: 1, maxLength: 5 }), policy, async (policies, extra) => {
        const before = await strictest(...policies)(call);
        const after = await strictest(...policies, extra)(call);
        if (before) expect(rank[after?.effect ?? "allow"]).toBeGreaterThanOrEqual(rank[before.effect]);
      }),
    );
  });
});
