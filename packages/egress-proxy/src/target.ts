import type { IncomingMessage } from "node:http";
import { canonicalHost, type Host } from "./host.ts";

/** Where a request says that it goes. */
export interface Destination {
  readonly host: Host;
  readonly port: number;
}

export interface HttpDestination extends Destination {
  /** Path and query, as they were sent. */
  readonly path: string;
}

const AUTHORITY = /^(?<host>\[[\da-f:.]+\]|[^:[\]]+)(?::(?<port>\d{1,5}))?$/i;
const ABSOLUTE = /^http:\/\/(?<authority>[^/?#\\@]+)(?<path>[^#\\]*)$/i;
const HTTP_PORT = 80;

/** `host:port` of a CONNECT, in which both have to stand. */
export function tunnelDestination(text: string): Destination | undefined {
  return authority(text, undefined);
}

/**
 * Where a plain request goes, or what is wrong with it. Inside a tunnel to port 80 it goes where the tunnel does, and
 * may not say anything else.
 */
export function httpDestination(
  { url = "", rawHeaders }: Pick<IncomingMessage, "url" | "rawHeaders">,
  tunnel: Destination | undefined,
): HttpDestination | { readonly problem: string } {
  const written = ABSOLUTE.exec(url)?.groups;
  if (written === undefined && (tunnel === undefined || !url.startsWith("/"))) {
    return { problem: "expected a request to a proxy, like GET http://host/path, or CONNECT host:443 for https" };
  }
  const named = written === undefined ? tunnel : authority(written["authority"] ?? "", HTTP_PORT);
  if (named === undefined) return { problem: "expected a host and a port in its address" };
  if (tunnel !== undefined && !same(named, tunnel)) return { problem: "it names another host than its tunnel" };
  const hosts = rawHeaders.filter((_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === "host");
  const [header] = hosts.map((text) => authority(text, HTTP_PORT));
  if (hosts.length !== 1 || header === undefined || !same(header, named)) {
    return { problem: "its Host header is not the host of its address" };
  }
  const path = written?.["path"] ?? url;
  return { ...named, path: path.startsWith("/") ? path : `/${path}` };
}

function authority(text: string, defaultPort: number | undefined): Destination | undefined {
  const { host: named = "", port: digits } = AUTHORITY.exec(text)?.groups ?? {};
  const host = canonicalHost(named);
  const port = digits === undefined ? defaultPort : Number(digits);
  if (host === undefined || port === undefined || port < 1 || port > 65_535) return undefined;
  return { host, port };
}

function same(a: Destination, b: Destination): boolean {
  return a.host.text === b.host.text && a.port === b.port;
}
