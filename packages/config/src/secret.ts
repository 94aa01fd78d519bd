import type { ConfigPath } from "./config-path.ts";

/** A secret kept outside the file. */
export interface SecretReference {
  readonly source: "env" | "file" | "exec" | "store";
  /** One of `secrets.providers`; `default` is built in for `env`. */
  readonly provider?: string;
  /** Name of a variable, JSON pointer into a file, or what a command is asked for. */
  readonly id: string;
}

/** The secret's text, or why there is none. */
export type SecretResolution = { readonly text: string } | { readonly problem: string };

export type Environment = Readonly<Record<string, string | undefined>>;

/** What stands in the place of a secret in everything that is shown. */
export const REDACTED = "__REDACTED__";

const VARIABLE = /\$?\$\{([A-Z_][A-Z0-9_]*)\}/g;
const SECRET_NAME = /(api_?key|token|password|secret)$/i;

const VALUES_ARE_SECRET: ReadonlySet<unknown> = new Set(["headers", "secretFiles"]);

/** Whether the value at `path` is a secret, by name: also right for keys the schema does not know. */
export function isSecretPath(path: ConfigPath): boolean {
  return path.some((part, position) => {
    if (typeof part !== "string") return false;
    return SECRET_NAME.test(part) || (position > 0 && VALUES_ARE_SECRET.has(path[position - 1]));
  });
}

/** The text with `${VARIABLE}` filled in and `$${X}` made `${X}`; what is not set stays, and is listed. */
export function fillVariables(
  text: string,
  env: Environment,
): { readonly text: string; readonly missing: readonly string[] } {
  const missing: string[] = [];
  const filled = text.replace(VARIABLE, (match, name: string) => {
    if (match.startsWith("$$")) return match.slice(1);
    if (!env[name]) missing.push(name);
    return env[name] || match;
  });
  return { text: filled, missing };
}

/** A copy in which every secret reads {@link REDACTED}; references to other places stay, they are no secret. */
export function redactConfig<Tree>(tree: Tree): Tree {
  return redact(tree, []) as Tree;
}

function redact(value: unknown, path: ConfigPath): unknown {
  if (Array.isArray(value)) return value.map((item, index) => redact(item, [...path, index]));
  if (typeof value === "object" && value !== null) {
    if (isSecretPath(path) && isReference(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, redact(child, [...path, key])]));
  }
  if (value === null || value === undefined || !isSecretPath(path)) return value;
  return typeof value === "string" && /^\$\{[A-Z_][A-Z0-9_]*\}$/.test(value) ? value : REDACTED;
}

/** Strict, so that nothing that is a secret passes for the name of one. */
function isReference(value: object): boolean {
  const { source, provider = "default", id, ...rest } = value as Record<string, unknown>;
  if (Object.keys(rest).length > 0 || typeof id !== "string" || typeof provider !== "string") return false;
  return PROVIDER_NAME.test(provider) && typeof source === "string" && REFERENCE_IDS[source]?.test(id) === true;
}

export const PROVIDER_NAME = /^[a-z][a-z0-9_-]{0,63}$/;

/** What an id looks like, by source. */
export const REFERENCE_IDS: Readonly<Record<string, RegExp>> = {
  env: /^[A-Z_][A-Z0-9_]{0,127}$/,
  store: /^[A-Z][A-Z0-9_]{0,127}$/,
  file: /^(?:value|(?:\/[^/]{0,256}){1,16})$/,
  exec: /^(?!(?:.*\/)?\.\.?(?:\/|$))[A-Za-z0-9][A-Za-z0-9._:/#-]{0,255}$/,
};
