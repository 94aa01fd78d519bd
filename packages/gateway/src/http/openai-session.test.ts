import type { Principal } from "@claw/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { MethodDeps } from "../methods/context.ts";
import { createPeople } from "../people/people.ts";
import { openaiSession } from "./openai-session.ts";

/** Keys as the bundled gateway reads them: without case, with percent signs undone. */
const resolveSession = (key = "", agent = "main") => ({
  agent,
  session: decodeURIComponent(key.toLowerCase()).toLowerCase(),
});
const deps = { resolveSession, people: createPeople({ users: {} }) } as unknown as MethodDeps;
const keyOf = (id: string, user: string) => {
  const principal: Principal = { id, kind: "user", tenant: "local", scopes: ["write"], credential: "test" };
  return openaiSession(deps, principal, "main", "run", user)?.session;
};

const user = fc.oneof(
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }),
  fc.string({ unit: fc.constantFrom("a", "A", "~", "=", "%", "4", "1", "main"), minLength: 1, maxLength: 12 }),
);

test("two users have two sessions, whoever asks for them and however they are called", () => {
  const ids = fc.constantFrom("owner", "ada", "bob");
  fc.assert(
    fc.property(ids, user, ids, user, (one, first, other, second) => {
      fc.pre(one !== other || first !== second);
      expect(keyOf(one, first)).not.toBe(keyOf(other, second));
    }),
    { numRuns: 2_000 },
  );
});

test("Ann and ann are two, and the owner's main~ada~x is not Ada's x", () => {
  expect(keyOf("owner", "Ann")).not.toBe(keyOf("owner", "ann"));
  expect(keyOf("owner", "main~ada~x")).not.toBe(keyOf("ada", "x"));
  expect(keyOf("owner", "Grace@example.com")).toBe("agent:main:openai-user:=47race=40example.com");
});
