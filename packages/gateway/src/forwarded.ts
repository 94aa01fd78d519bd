import { BlockList, isIP, isIPv4 } from "node:net";

/** Who sent a request. */
export interface Source {
  /** Of the client; behind a trusted proxy as the proxy tells it. */
  readonly remoteAddress?: string | undefined;
  /** Address of the trusted proxy that passed the request on. */
  readonly proxy?: string | undefined;
}

/** Finds the client behind trusted proxies; `problem` says why a request must not be served. */
export type SourceOf = (
  from: { readonly remoteAddress?: string | undefined },
  headers: Headers,
) => Source & { readonly problem?: string };

const FORWARDING_HEADERS = ["x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip", "forwarded"];
/** Proxies in a row. */
const MAX_HOPS = 32;

const UNTRUSTED =
  "proxy_attribution_required: the request says that a proxy passed it on, and its sender is not a trusted one. " +
  "Add the proxy's address to gateway.trustedProxies if it is yours";
const UNREADABLE =
  "proxy_attribution_required: expected X-Forwarded-For with IP addresses from the trusted proxy. " +
  "Let the proxy set it, like nginx with proxy_add_x_forwarded_for";

/**
 * Headers that only proxies set are believed of `trustedProxies` (addresses or `10.0.0.0/8`) and refused from anybody
 * else: whoever could set them would choose by which address failed credentials are counted.
 */
export function createSourceOf(trustedProxies: readonly string[] = []): SourceOf {
  const trusted = isAddressIn(trustedProxies);
  return ({ remoteAddress }, headers) => {
    if (!FORWARDING_HEADERS.some((name) => headers.has(name))) return { remoteAddress };
    if (remoteAddress === undefined || !trusted(remoteAddress)) return { remoteAddress, problem: UNTRUSTED };
    const hops = (headers.get("x-forwarded-for") ?? "").split(",").map(bareAddress);
    if (hops.length > MAX_HOPS || hops.some((hop) => isIP(hop) === 0)) return { remoteAddress, problem: UNREADABLE };
    // Every proxy appends who spoke to it: what stands left of the first stranger is the stranger's own word.
    return { remoteAddress: hops.findLast((hop) => !trusted(hop)) ?? hops[0], proxy: remoteAddress };
  };
}

/** Whether an address is one of these, written as addresses or as `10.0.0.0/8`. */
function isAddressIn(ranges: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const range of ranges) {
    const [address = "", bits] = range.split("/");
    const family = isIPv4(address) ? "ipv4" : "ipv6";
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (address) => {
    const bare = address.replace(/%.*$/, "");
    return isIP(bare) !== 0 && list.check(bare, isIPv4(bare) ? "ipv4" : "ipv6");
  };
}

const LOOPBACK = isAddressIn(["127.0.0.0/8", "::1"]);

export const isLoopback = (address: string | undefined): boolean => address !== undefined && LOOPBACK(address);

/** Some proxies tell the port as well. */
function bareAddress(hop: string): string {
  const text = hop.trim();
  return /^\[(.+)\](?::\d+)?$/.exec(text)?.[1] ?? /^([\d.]+):\d+$/.exec(text)?.[1] ?? text;
}
