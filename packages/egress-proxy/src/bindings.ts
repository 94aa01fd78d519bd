import { type Awaitable, ClawError } from "@claw/core";
import type { EgressErrorCode } from "./errors.ts";
import { canonicalHost, type Host, hostInUrl } from "./host.ts";
import type { Match, Target } from "./rules.ts";

/** A host that is called as `http://<name>.broker/`, and to which the proxy adds a credential that the caller never sees. */
export interface EgressBinding {
  /** As in a rule, without wildcards; 443 when it names no port. Always TLS. */
  readonly host: string;
  /** Asked for every request. At least 8 characters. */
  readonly secret: () => Awaitable<string>;
  /** The header that carries it. Default: `authorization`. */
  readonly header?: string;
  /** What stands before it. Default: `Bearer` in `authorization`, nothing elsewhere. */
  readonly scheme?: string;
  /** Makes it a password: `Basic`, with this user. */
  readonly username?: string;
  /** Default: all. */
  readonly methods?: readonly string[];
  /** Exact paths, or with a `*` at the end all that begin so. Default: all. */
  readonly paths?: readonly string[];
  /** Also when the host stands in a private network. */
  readonly private?: boolean;
}

export interface CompiledBinding extends Pick<EgressBinding, "secret"> {
  readonly name: string;
  readonly host: Host;
  readonly port: number;
  readonly header: string;
  /** The header's value with this secret. */
  readonly credential: (secret: string) => string;
  readonly match: (method: string, path: string) => Match;
  /** `https://host`, with a port that is not the usual one. */
  readonly origin: string;
}

/** Names below it are bindings, never hosts. */
const BINDING_SUFFIX = ".broker";
const HTTPS_PORT = 443;
const NAME = /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;
const HOST = /^(?<host>\[[^\]]*\]|[^:[\]*]+)(?::(?<port>\d{1,5}))?$/;
const HEADER = /^[a-z0-9!#$%&'*+.^_`|~-]{1,128}$/;
const UNUSABLE_HEADERS = new Set(["host", "connection", "content-length", "transfer-encoding", "upgrade", "cookie"]);

/** The binding that a host names; `undefined` for a host like others. */
export function bindingName({ kind, text }: Host): string | undefined {
  return kind === "name" && text.endsWith(BINDING_SUFFIX) ? text.slice(0, -BINDING_SUFFIX.length) : undefined;
}

export const bindingUrl = (name: string): string => `http://${name}${BINDING_SUFFIX}`;

/** Throws `EGRESS_RULE` on a binding that can't be read. `rules` are asked for what is denied. */
export function compileBinding(
  name: string,
  { host: written, secret, methods, paths, username, private: allowPrivate = false, ...binding }: EgressBinding,
  rules: (target: Target) => Match,
): CompiledBinding {
  const rule = `bindings.${name}`;
  const fail = (problem: string): never => {
    throw new ClawError<EgressErrorCode>("EGRESS_RULE", `${rule}: ${problem}`);
  };
  if (!NAME.test(name)) fail("expected a name of a-z, 0-9 and -");
  const { host: text = "", port: digits } = HOST.exec(written)?.groups ?? {};
  const host = canonicalHost(text) ?? fail(`expected a host like api.example.org, found ${JSON.stringify(written)}`);
  const port = digits === undefined ? HTTPS_PORT : Number(digits);
  if (port < 1 || port > 65_535) fail("expected a port from 1 to 65535");
  const header = (binding.header ?? "authorization").toLowerCase();
  if (!HEADER.test(header) || UNUSABLE_HEADERS.has(header)) fail("its header can't carry a credential");
  if (paths?.some((path) => !path.startsWith("/"))) fail("expected paths that begin with /");
  const scheme = binding.scheme ?? (header === "authorization" ? "Bearer" : "");
  const upper = methods?.map((method) => method.toUpperCase());
  const deny = (reason: string): Match => ({ effect: "deny", rule, reason, listed: true });

  return {
    name,
    host,
    port,
    secret,
    header,
    credential: (value) => {
      if (username !== undefined) return `Basic ${Buffer.from(`${username}:${value}`).toString("base64")}`;
      return scheme === "" ? value : `${scheme} ${value}`;
    },
    origin: `https://${hostInUrl(host)}${port === HTTPS_PORT ? "" : `:${port}`}`,
    match(method, path) {
      const denied = rules({ host, port, method });
      if (denied.effect === "deny" && denied.listed) return denied;
      if (upper !== undefined && !upper.includes(method)) return deny(`it allows ${upper.join(", ")} alone`);
      if (paths === undefined) return { effect: "allow", rule, allowPrivate };
      // A server may read these as something else than what was compared.
      if (/%2f|%5c|\/\/|\\/i.test(path)) return deny("its path can be read in two ways");
      const fits = paths.some((one) => (one.endsWith("*") ? path.startsWith(one.slice(0, -1)) : path === one));
      return fits ? { effect: "allow", rule, allowPrivate } : deny(`it allows the paths ${paths.join(", ")} alone`);
    },
  };
}
