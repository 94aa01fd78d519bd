import { isIP } from "node:net";

export interface OriginRules {
  /** Host names, without port, beside `localhost`. An address in digits needs no permission. */
  readonly allowedHosts?: readonly string[];
  /** Origins of other pages that may call, as `https://host:port`. */
  readonly allowedOrigins?: readonly string[];
}

/**
 * Why a request with these headers must not be served, or `undefined`. An unknown name in `Host` is how DNS rebinding
 * looks (an address in digits can't be rebound); a foreign `Origin` is how a page of somebody else's looks.
 */
export function originProblem(headers: Headers, rules: OriginRules = {}): string | undefined {
  const host = headers.get("host");
  if (host !== null && !isAllowedHost(hostName(host), rules)) {
    return "host not allowed: add it to gateway.allowedHosts if this gateway is meant to be reached by that name";
  }
  const origin = headers.get("origin");
  if (origin === null || rules.allowedOrigins?.includes(origin)) return undefined;
  if (host !== null && (origin === `http://${host}` || origin === `https://${host}`)) return undefined;
  return "origin not allowed: add it to gateway.controlUi.allowedOrigins if that page may use this gateway";
}

function isAllowedHost(name: string, { allowedHosts = [] }: OriginRules): boolean {
  return name === "localhost" || isIP(name.replace(/^\[(.*)\]$/, "$1")) !== 0 || allowedHosts.includes(name);
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, "").toLowerCase();
}
