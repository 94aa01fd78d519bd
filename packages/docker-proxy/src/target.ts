import { malformed } from "./refusal.ts";

interface Target {
  /** Without version and query. */
  readonly path: string;
  readonly query: ReadonlyMap<string, string>;
}

const PATH = /^\/[A-Za-z0-9_./:@-]{1,200}$/;
const VERSION = /^\/v1\.\d{1,2}(?=\/)/;
const QUERY = /^[A-Za-z0-9_.~%&=+*:,-]{0,4096}$/;
const PAIR = /^([A-Za-z-]{1,32})=(.*)$/;

/** Reads a request target as it was sent: one that could be read in a second way is refused, not cleaned up. */
export function parseTarget(raw: string): Target {
  const at = raw.indexOf("?");
  const path = at < 0 ? raw : raw.slice(0, at);
  if (!PATH.test(path)) throw malformed("target.path", "the path has characters or a length that no call has");
  const plain = path.replace(VERSION, "");
  const segments = plain.slice(1).split("/");
  if (segments.some((segment) => segment === "" || segment === "." || segment === "..")) {
    throw malformed("target.path", "the path has empty or dot segments");
  }
  return { path: plain, query: at < 0 ? new Map() : parseQuery(raw.slice(at + 1)) };
}

function parseQuery(raw: string): ReadonlyMap<string, string> {
  if (!QUERY.test(raw)) throw malformed("target.query", "the query has characters or a length that no call has");
  const query = new Map<string, string>();
  for (const pair of raw.split("&")) {
    if (pair === "") continue;
    const [, key, encoded] = PAIR.exec(pair) ?? [];
    if (key === undefined || encoded === undefined) {
      throw malformed("target.query", "the query has something that is no key with a value");
    }
    if (query.has(key)) throw malformed("target.query", "the query has a key twice");
    query.set(key, decode(encoded));
  }
  return query;
}

function decode(encoded: string): string {
  try {
    return decodeURIComponent(encoded.replaceAll("+", " "));
  } catch {
    throw malformed("target.query", "the query has a value that is not encoded as UTF-8");
  }
}
