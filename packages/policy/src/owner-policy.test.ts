import { type Action, digestOf, type Principal } from "@claw/core";
import { expect, test } from "vitest";
import { ownerPolicy } from "./owner-policy.ts";

function sending(kind: Principal["kind"], ...scopes: Principal["scopes"]): Action {
  const principal: Principal = { id: "p", kind, tenant: "local", scopes, credential: "test" };
  const provenance = { origins: ["owner"], trust: "trusted", because: [] } as const;
  const route = { agent: "main", session: "agent:main:main" };
  return { type: "message.send", principal, ...route, provenance, input: {}, digest: digestOf({}) };
}

test.each([
  ["a person who may write", sending("user", "write"), "allow"],
  ["a service that may write", sending("service", "write"), "allow"],
  ["a person who may read", sending("user", "read"), "deny"],
  ["an agent, whatever its scopes", sending("agent", "admin", "write"), "deny"],
])("a message to a channel by %s: %s", async (_, action, effect) => {
  expect(await ownerPolicy()(action)).toMatchObject({ effect, rule: "scope.write" });
});
