import { ClawError } from "@claw/core";
import { assert, property, string, stringMatching } from "fast-check";
import { expect, test } from "vitest";
import { agentOf } from "./session-key.ts";

test("a key names its agent", () =>
  assert(property(stringMatching(/^[a-z0-9][a-z0-9_-]{0,63}$/), (id) => agentOf(`agent:${id}:direct:42`) === id)));

test("no text yields an agent that could leave its directory", () =>
  assert(
    property(string({ unit: "binary" }), string(), (id, rest) => {
      try {
        return /^[a-z0-9][a-z0-9_-]*$/.test(agentOf(`agent:${id}:${rest}`));
      } catch (error) {
        return ClawError.is(error, "STORE_INVALID");
      }
    }),
  ));

test.each([
  "agent:..:x",
  "agent:a/b:x",
  "agent:-a:x",
  "agent:main:\n",
  "agent:main:x\ny",
  `agent:main:${"x".repeat(513)}`,
])("%j is no session key", (key) => {
  expect(() => agentOf(key)).toThrow("expected a session key agent:<id>:<rest>");
});
