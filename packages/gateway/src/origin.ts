/** Names under which a loopback gateway may be addressed. */
const LOOPBACK_HOSTS = ["localhost", "127.0.0.1", "[::1]"];

export interface OriginRules {
  /** Host names, without port, beside the loopback ones. */
  readonly allowedHosts?: readonly string[];
  /** Origins of other pages that may call, as `https://host:port`. */
  readonly allowedOrigins?: readonly string[];
}

/**
 * Why a request with these headers must not be served, or `undefined`. An unknown `Host` is how DNS rebinding looks; a
 * foreign `Origin` is how a page of somebody else's looks.
 */
export function originProblem(headers: Headers, rules: OriginRules = {}): string | undefined {
  const host = headers.get("host");
  if (host !== null && ![...LOOPBACK_HOSTS, ...(rules.allowedHosts ?? [])].includes(hostName(host))) {
    return "host not allowed: add it to gateway.allowedHosts if this gateway is meant to be reached by that name";
  }
  const origin = headers.get("origin");
  if (origin === null || rules.allowedOrigins?.includes(origin)) return undefined;
  if (host !== null && (origin === `http://${host}` || origin === `https://${host}`)) return undefined;
  return "origin not allowed: add it to gateway.controlUi.allowedOrigins if that page may use this gateway";
}

function hostName(host: string): string {
  return host.replace(/:\d+$/, "").toLowerCase();
}
