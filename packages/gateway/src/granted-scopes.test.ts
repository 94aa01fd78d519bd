import type { Principal } from "@claw/core";
import { SCOPES } from "@claw/protocol";
import { expect, test } from "vitest";
import { grantedScopes, narrowed } from "./granted-scopes.ts";

const owner: Principal = { id: "owner", kind: "user", tenant: "local", scopes: ["admin"], credential: "test" };

test("whoever did not ask for admin is none behind the methods either", () => {
  const asked = SCOPES.filter((scope) => scope !== "operator.admin");
  const granted = grantedScopes(asked, owner);
  expect(granted).toEqual(asked);
  expect(narrowed(owner, granted).scopes).not.toContain("admin");
});

test("what a principal does not hold is not granted, however it is asked for", () => {
  const reader: Principal = { ...owner, scopes: ["read"] };
  expect(grantedScopes(SCOPES, reader)).toEqual(["operator.read", "operator.sessions.read"]);
});
