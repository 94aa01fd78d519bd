import fc from "fast-check";
import { expect, test } from "vitest";
import { httpToolRules } from "./http-tool-rules.ts";

test.each(["exec", "write", "edit", "EXEC", "apply_patch", "sessions_send", "cron", "gateway"])(
  "%s is refused over HTTP until it is named",
  (tool) => {
    expect(httpToolRules()(tool)).toMatchObject({
      effect: "deny",
      rule: "gateway.tools.allow",
      reason: expect.stringContaining("gateway.tools.allow"),
    });
    expect(httpToolRules({ allow: ["other", tool] })(tool)).toEqual({
      effect: "allow",
      rule: "gateway.tools.allow[1]",
    });
  },
);

test("what only looks is allowed", () => {
  for (const tool of ["read", "ls"]) expect(httpToolRules()(tool)).toEqual({ effect: "allow", rule: "gateway.tools" });
});

test("a denied tool is denied whatever is allowed", () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z_]{1,12}$/), fc.array(fc.stringMatching(/^[a-z_]{1,12}$/)), (tool, more) => {
      const decide = httpToolRules({ allow: [tool, "*", ...more], deny: [...more, tool] });
      expect(decide(tool).effect).toBe("deny");
    }),
  );
});

test("a group that does not exist is refused at once", () => {
  expect(() => httpToolRules({ deny: ["group:fss"] })).toThrow("gateway.tools.deny[0]");
});
