import { expect, test } from "vitest";
import { action } from "./action.fixture.ts";
import { elevation } from "./elevation.ts";

const { principal } = action("tool.call");
const ada = { ...principal, id: "ada" };

test("only listed users leave a sandbox, and only where that is enabled", () => {
  const rules = { enabled: true, allowFrom: ["owner", "ada"] };
  expect(elevation(rules, ada)).toEqual({ effect: "allow", rule: "tools.elevated.allowFrom[1]" });
  expect(elevation({ ...rules, enabled: false }, ada)).toMatchObject({
    effect: "deny",
    rule: "tools.elevated.enabled",
  });
  expect(elevation({}, ada)).toMatchObject({ effect: "deny", rule: "tools.elevated.enabled" });
  expect(elevation(rules, { ...ada, id: "ben" })).toMatchObject({ effect: "deny", rule: "tools.elevated.allowFrom" });
});

test.each(["contact", "agent", "node", "service"] as const)("a %s of a listed id does not", (kind) => {
  expect(elevation({ enabled: true, allowFrom: ["ada"] }, { ...ada, kind }).effect).toBe("deny");
});
