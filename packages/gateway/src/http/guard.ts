import { createMiddleware } from "hono/factory";
import type { Source, SourceOf } from "../forwarded.ts";
import type { RequestSource } from "../options.ts";
import { type OriginRules, originProblem } from "../origin.ts";
import { queryCredentialProblem } from "../query-credentials.ts";
import { apiError } from "./errors.ts";

export interface GuardEnv {
  Bindings: RequestSource;
  Variables: { source: Source };
}

/** Refuses a credential in the address, whatever the path. */
export const refuseQueryCredentials = createMiddleware(async (context, next) => {
  const problem = queryCredentialProblem(context.req.url);
  return problem === undefined ? next() : apiError(400, problem, "credential_in_url");
});

/** Refuses foreign pages, rebound names and unattributed proxies before any credential is read. */
export function requireKnownSource(sourceOf: SourceOf, origins: OriginRules) {
  return createMiddleware<GuardEnv>(async (context, next) => {
    const { headers } = context.req.raw;
    const source = sourceOf(context.env, headers);
    if (source.problem !== undefined) return apiError(403, source.problem, "proxy_attribution_required");
    const problem = originProblem(headers, origins);
    if (problem !== undefined) return apiError(403, problem, "origin_not_allowed");
    context.set("source", source);
    return next();
  });
}
