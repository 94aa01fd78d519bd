import type { ConfigPath } from "./config-path.ts";

/** A secret kept outside the file. */
export interface SecretReference {
  readonly source: "env";
  /** Name of the environment variable. */
  readonly id: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

/** What stands in the place of a secret in everything that is shown. */
export const REDACTED = "__REDACTED__";

const VARIABLE = /\$?\$\{([A-Z_][A-Z0-9_]*)\}/g;
const SECRET_NAME = /(api_?key|token|password|secret)$/i;

/** Whether the value at `path` is a secret, by name: also right for keys the schema does not know. */
export function isSecretPath(path: ConfigPath): boolean {
  return path.some((part, position) => {
    if (typeof part !== "string") return false;
    return SECRET_NAME.test(part) || (position > 0 && path[position - 1] === "headers");
  });
}

/** The secret's text, or the environment variable that would be needed and is missing or empty. */
export function resolveSecret(
  value: string | SecretReference,
  env: Environment,
): { readonly text: string } | { readonly missing: string } {
  if (typeof value !== "string") return env[value.id] ? { text: env[value.id] ?? "" } : { missing: value.id };
  let missing: string | undefined;
  const text = value.replace(VARIABLE, (match, name: string) => {
    if (match.startsWith("$$")) return match.slice(1);
    if (!env[name]) missing ??= name;
    return env[name] ?? "";
  });
  return missing === undefined ? { text } : { missing };
}

/** A copy in which every secret reads {@link REDACTED}; references to the environment stay, they are no secret. */
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

function isReference(value: object): boolean {
  const { source, id, ...rest } = value as Record<string, unknown>;
  return source === "env" && /^[A-Z_][A-Z0-9_]{0,127}$/.test(String(id)) && Object.keys(rest).length === 0;
}
