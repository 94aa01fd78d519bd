import type { IncomingMessage } from "node:http";
import { assertNoBody, parseBody } from "./body.ts";
import type { EngineCall } from "./engine.ts";
import type { ProxyLimits } from "./limits.ts";
import type { Ownership } from "./ownership.ts";
import type { CompiledPolicy } from "./policy.ts";
import { malformed, noSuch, Refusal } from "./refusal.ts";
import type { Route } from "./routes.ts";
import { parseTarget } from "./target.ts";

export interface Admitted {
  readonly route: Route;
  readonly call: EngineCall;
  readonly container: string | undefined;
  /** To be called when the engine answered. */
  readonly leave: () => void;
}

export interface Applicant {
  readonly request: IncomingMessage;
  readonly body: () => Promise<Buffer>;
  /** It asks for the connection itself. */
  readonly upgrade: boolean;
  readonly signal: AbortSignal;
  /** Told as soon as it is known, for records of what is refused later. */
  readonly onRoute: (route: Route) => void;
}

interface AdmissionOptions {
  readonly policy: CompiledPolicy;
  readonly routes: readonly Route[];
  readonly ownership: Ownership;
  readonly limits: Required<ProxyLimits>;
}

/** Reads a request and writes the call that is made in its place. Rejects with a `Refusal`. */
export function createAdmission({ policy, routes, ownership, limits }: AdmissionOptions) {
  async function subject(route: Route, reference: string, signal: AbortSignal) {
    if (route.about === "container") {
      const { id, commands } = await ownership.container(reference, signal);
      // The engine keeps those that were never started for as long as the container.
      if (route.addsCommand === true && commands >= policy.limits.pids) {
        throw new Refusal("limits.pids", `${commands} commands run in the container, or wait to be started`, {
          advice: "Wait until some ended, or raise the limit in the tenant's policy.",
        });
      }
      return { id, container: id };
    }
    if (route.about === "exec") return { id: reference, container: (await ownership.exec(reference, signal)).id };
    if (route.about === "image" && !policy.allowsImage(reference)) throw noSuch("image");
    return { id: reference, container: undefined };
  }

  return async ({ request, body, upgrade, signal, onRoute }: Applicant): Promise<Admitted> => {
    if (request.httpVersion !== "1.1") throw malformed("http", "only HTTP/1.1 is spoken here", 505);
    const { path, query } = parseTarget(request.url ?? "");
    const route = routes.find((one) => one.method === request.method && one.path.test(path));
    if (route === undefined) {
      throw new Refusal("routes", "there is no such call here", {
        advice: "The README of @claw/docker-proxy lists those that there are; no policy adds one.",
      });
    }
    onRoute(route);
    if (upgrade && (route.hijack !== true || request.headers.upgrade?.toLowerCase() !== "tcp")) {
      throw malformed("upgrade", "only attach and exec start become streams, by Upgrade: tcp");
    }
    const kept = checkQuery(route, query);
    const bytes = await body();
    if (route.body === undefined) assertNoBody(bytes, request, query);
    const sent = await route.body?.(parseBody(bytes, request));
    const { id, container } = await subject(route, route.path.exec(path)?.[1] ?? "", signal);
    const call: EngineCall = {
      method: route.method,
      path: route.to(id),
      query: route.rewrite?.(kept) ?? kept,
      ...(sent === undefined ? {} : { body: sent }),
      upgrade,
      timeoutMs: route.lasting === true ? undefined : limits.engineTimeoutMs,
    };
    const leave = route.creates === true ? await ownership.enter(signal) : () => {};
    return { route, call, container, leave };
  };
}

function checkQuery({ query: allowed = {}, dropped = [] }: Route, query: ReadonlyMap<string, string>) {
  for (const [key, value] of query) {
    const pattern = Object.hasOwn(allowed, key) ? allowed[key] : undefined;
    if (pattern?.test(value) === true) continue;
    throw new Refusal(`query.${key}`, `the query's "${key}" is not for clients to set, or has such a value`, {
      advice: "Options of a call go into its body: dockerode takes them apart as { _query, _body }.",
    });
  }
  return new Map([...query].filter(([key]) => !dropped.includes(key)));
}
