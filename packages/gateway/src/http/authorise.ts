import { hasScope, type Principal, type Scope } from "@claw/core";
import { isScope } from "@claw/protocol";
import { createMiddleware } from "hono/factory";
import type { Authenticate, Credentials } from "../auth.ts";
import type { AuthLimiter } from "../auth-limiter.ts";
import { grantedScopes, narrowed } from "../granted-scopes.ts";
import { apiError } from "./errors.ts";
import type { GuardEnv } from "./guard.ts";

export interface ApiEnv extends GuardEnv {
  Variables: GuardEnv["Variables"] & { principal: Principal };
}

/** A token as `Bearer`, or a user and their password as `Basic`, which is never asked for: browsers would show a dialog. */
function shownIn(header: string): Credentials {
  const [scheme = "", shown = ""] = header.split(" ", 2);
  if (scheme.toLowerCase() === "bearer") return { token: shown };
  if (scheme.toLowerCase() !== "basic") return {};
  const [user, ...password] = Buffer.from(shown, "base64").toString().split(":");
  return password.length === 0 ? {} : { user, password: password.join(":") };
}

/** Lets a request through with the principal of its credential. No credential is taken from a URL. */
export function requirePrincipal(authenticate: Authenticate, limit: AuthLimiter) {
  return createMiddleware<ApiEnv>(async (context, next) => {
    const credentials = shownIn(context.req.header("authorization") ?? "");
    const caller = { ...context.get("source"), headers: context.req.raw.headers };
    const { remoteAddress } = caller;
    const check = () => authenticate(credentials, caller);
    const result = await limit({ credential: "shared-secret", remoteAddress }, check);
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
