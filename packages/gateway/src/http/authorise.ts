import { hasScope, type Principal, type Scope } from "@claw/core";
import { isScope } from "@claw/protocol";
import { createMiddleware } from "hono/factory";
import type { Authenticate } from "../auth.ts";
import type { AuthLimiter } from "../auth-limiter.ts";
import { grantedScopes, narrowed } from "../granted-scopes.ts";
import { apiError } from "./errors.ts";
import type { GuardEnv } from "./guard.ts";

export interface ApiEnv extends GuardEnv {
  Variables: GuardEnv["Variables"] & { principal: Principal };
}

/** Lets a request through with the principal of its bearer credential. No credential is taken from a URL. */
export function requirePrincipal(authenticate: Authenticate, limit: AuthLimiter) {
  return createMiddleware<ApiEnv>(async (context, next) => {
    const [scheme, secret] = (context.req.header("authorization") ?? "").split(" ", 2);
    const token = scheme?.toLowerCase() === "bearer" ? secret : undefined;
    const caller = { ...context.get("source"), headers: context.req.raw.headers };
    const { remoteAddress } = caller;
    const result = await limit({ credential: "shared-secret", remoteAddress }, () => authenticate({ token }, caller));
    if (!result.ok && result.retryAfterMs !== undefined) {
      const headers = { "retry-after": String(Math.ceil(result.retryAfterMs / 1_000)) };
      return apiError(429, result.message, "rate_limit_exceeded", { headers });
    }
    if (!result.ok) return apiError(401, result.message, "unauthorized", { headers: { "www-authenticate": "Bearer" } });
    context.set("principal", declared(result.principal, context.req.header("x-openclaw-scopes")));
    return next();
  });
}

/** A caller may ask to be taken for less than its credential allows; a name that is no scope gives nothing. */
function declared(principal: Principal, scopes: string | undefined): Principal {
  if (scopes === undefined) return principal;
  const names = scopes.split(",").map((name) => name.trim());
  return narrowed(principal, grantedScopes(names.filter(isScope), principal));
}

/** Refuses a principal without the scope, before the body is read. */
export function requireScope(scope: Scope) {
  return createMiddleware<ApiEnv>(async (context, next) => {
    if (hasScope(context.get("principal"), scope)) return next();
    return apiError(403, `this needs the scope ${scope}, which the credential does not have`, "missing_scope");
  });
}
