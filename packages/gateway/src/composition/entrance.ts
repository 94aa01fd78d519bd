import { createAuthAudit } from "../auth-audit.ts";
import { createAuthLimiter } from "../auth-limiter.ts";
import { createHello } from "../connection/hello.ts";
import { serveConnection } from "../connection/serve.ts";
import { createPairing } from "../devices/pairing.ts";
import { createHttp } from "../http/app.ts";
import type { MethodDeps } from "../methods/context.ts";
import { createRequestHandler } from "../methods/handle.ts";
import type { Gateway } from "../options.ts";
import { knownOnly } from "../people/known-only.ts";
import type { Ground } from "./ground.ts";

/** Where clients come in, and prove who they are: over connections and over HTTP. */
export function createEntrance(
  ground: Ground,
  deps: MethodDeps,
  ready: () => boolean,
): Pick<Gateway, "fetch" | "accept"> {
  const { options, settings, store, channels, audit, hub, peers, clock, log } = ground;
  const { people, origins, sourceOf } = settings;
  const authenticate = knownOnly(settings.authenticate, people);
  const { handle, methods } = createRequestHandler(deps, log);
  const limitAuth = createAuthLimiter({
    clock,
    log,
    audit: createAuthAudit(audit, clock, log),
    attempts: options.failedAttempts,
    limits: settings.authRateLimit,
  });
  const pairing = createPairing({
    registry: store.devices,
    limitAuth,
    tell: deps.tellPairing,
    decide: deps.decideDevice,
    clock,
    log,
  });
  const hello = createHello(deps, methods);
  const serving = { peers, authenticate, limitAuth, pairing, people, origins, sourceOf, hello, handle, clock, log };
  const { metrics } = options;
  const http = createHttp({ ...deps, hub, channels, metrics, authenticate, limitAuth, origins, sourceOf, ready, log });
  return {
    fetch: async (request, from = {}) => http.fetch(request, from),
    accept: (connection) => serveConnection(connection, serving),
  };
}
