import { isIP } from "node:net";

/** A host in the one form in which rules, targets and TLS names are compared. */
export interface Host {
  readonly kind: "name" | "ip";
  /** Lower-case ASCII without a trailing dot; an IPv6 address is compressed and has no brackets. */
  readonly text: string;
}

const BRACKETED = /^\[[\da-f:.]+\]$/i;
// What a URL parser would read as something else than a host, or decode.
const NOT_A_HOST = /[\p{Cc}\s/\\?#@%:[\]]/u;
const LABEL = /^[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?$/;
const MAX_NAME_CHARACTERS = 253;

/**
 * The host that programs would connect to when they are given `text`, as the WHATWG URL standard reads it: so
 * `0x7f.1` and `2130706433` are the address 127.0.0.1. `undefined` for what is no host. IPv6 stands in brackets.
 */
export function canonicalHost(text: string): Host | undefined {
  if (!BRACKETED.test(text) && NOT_A_HOST.test(text)) return undefined;
  const hostname = URL.parse(`http://${text}/`)?.hostname;
  if (hostname === undefined) return undefined;
  const bare = hostname.replace(/^\[|\]$/g, "");
  if (isIP(bare) !== 0) return { kind: "ip", text: bare };
  const name = hostname.replace(/\.$/, "");
  if (name.length > MAX_NAME_CHARACTERS) return undefined;
  return name.split(".").every((label) => LABEL.test(label)) ? { kind: "name", text: name } : undefined;
}

/** As it stands before a port. */
export function hostInUrl({ text }: Host): string {
  return text.includes(":") ? `[${text}]` : text;
}
