import { type Action, type ActionType, digestOf, type Scope } from "@claw/core";

/** An action for tests, by a principal with `scopes`. */
export function action(type: ActionType, input: Action["input"] = {}, scopes: readonly Scope[] = ["write"]): Action {
  return {
    type,
    principal: { id: "p", kind: "user", tenant: "local", scopes, credential: "token" },
    agent: "main",
    session: "agent:main:main",
    provenance: { origins: ["owner"], trust: "trusted", because: [] },
    input,
    digest: digestOf(input),
  };
}
