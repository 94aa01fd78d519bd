import type { Route } from "@claw/core";
import { invalidRequest } from "@claw/protocol";
import { type MethodDeps, MethodError } from "./context.ts";

/** The session a client means, or a refusal. */
export function sessionOf({ resolveSession }: MethodDeps, key: string | undefined, agent?: string): Route {
  const route = resolveSession(key, agent);
  if (route === undefined) {
    throw new MethodError(
      invalidRequest("unknown session key: expected main or agent:<id>:…", { code: "SESSION_NOT_FOUND" }),
    );
  }
  return route;
}
