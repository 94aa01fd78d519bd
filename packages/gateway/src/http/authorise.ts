import type { Principal } from "@claw/core";
import { createMiddleware } from "hono/factory";
import type { Authenticate } from "../auth.ts";
import { apiError } from "./errors.ts";

export interface ApiEnv {
  Variables: { principal: Principal };
}

/** Lets a request through with the principal of its bearer credential. No credential is taken from a URL. */
export function requirePrincipal(authenticate: Authenticate) {
  return createMiddleware<ApiEnv>(async (context, next) => {
    const [scheme, secret] = (context.req.header("authorization") ?? "").split(" ", 2);
    const result = await authenticate({ token: scheme?.toLowerCase() === "bearer" ? secret : undefined });
    if (!result.ok) return apiError(401, result.message, "unauthorized", { headers: { "www-authenticate": "Bearer" } });
    context.set("principal", result.principal);
    return next();
  });
}
