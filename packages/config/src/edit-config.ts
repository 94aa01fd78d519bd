import { isDeepStrictEqual } from "node:util";
import { type ConfigPath, formatConfigPath, parseConfigPath } from "./config-path.ts";
import { parseConfigText } from "./parse-text.ts";
import { ConfigError } from "./problem.ts";
import { type ValidateOptions, validateConfig } from "./validate.ts";

/** What JSON can hold. */
export type ConfigValue =
  | string
  | number
  | boolean
  | null
  | readonly ConfigValue[]
  | { readonly [key: string]: ConfigValue };

/**
 * The text with `value` at `path` (`undefined` removes it), comments and layout kept; objects on the way are made.
 * Rejects with `CONFIG_INVALID` when that would bring a problem which was not there before.
 */
export async function editConfig(
  text: string,
  path: string,
  value: ConfigValue | undefined,
  options: Omit<ValidateOptions, "keepSecrets"> = {},
): Promise<string> {
  const parts = parseConfigPath(path);
  const tree = parseConfigText(text, "The configuration");
  const wanted = edited(tree, parts, value);
  const after = isDeepStrictEqual(wanted, tree) ? text : await spliced(text, parts, value);
  if (!isDeepStrictEqual(parseConfigText(after, "The edited configuration"), wanted)) throw unsupported(path);
  await refuseNewProblems(text, after, options);
  return after;
}

async function refuseNewProblems(before: string, after: string, options: ValidateOptions): Promise<void> {
  const check = (text: string) => validateConfig(text, { ...options, keepSecrets: true });
  const [known, now] = await Promise.all([check(before), check(after)]);
  const fresh = now.problems.filter(
    ({ path, message }) => !known.problems.some((one) => one.path === path && one.message === message),
  );
  if (fresh.length > 0) throw new ConfigError("CONFIG_INVALID", "The edited configuration", fresh);
}

/** What the edit means, apart from how it is written. */
function edited(tree: unknown, [part, ...rest]: ConfigPath, value: ConfigValue | undefined): unknown {
  if (part === undefined) throw misplaced([], "name a key to change; the whole file can't be set at once");
  if (Array.isArray(tree) && typeof part === "number") {
    if (part > tree.length || (part === tree.length && value === undefined)) {
      throw misplaced([part], `the list has ${tree.length} entries; the first is [0]`);
    }
    const child = rest.length === 0 ? value : edited(tree[part] ?? {}, rest, value);
    return child === undefined ? tree.toSpliced(part, 1) : [...tree.slice(0, part), child, ...tree.slice(part + 1)];
  }
  if (typeof tree !== "object" || tree === null || Array.isArray(tree) || typeof part === "number") {
    throw misplaced(
      [part],
      `expected ${typeof part === "number" ? "a list" : "an object"} around it, found another value`,
    );
  }
  const known = Object.hasOwn(tree, part);
  if (value === undefined && !known) return tree;
  const copy: Record<string, unknown> = { ...tree };
  const child = rest.length === 0 ? value : edited(known ? copy[part] : {}, rest, value);
  if (child === undefined) delete copy[part];
  else copy[part] = child;
  return copy;
}

/** The text with one value replaced, added or removed, unchecked. */
export async function spliced(text: string, path: ConfigPath, value: ConfigValue | undefined): Promise<string> {
  const [{ parse }, { spliceValue }] = await Promise.all([import("@humanwhocodes/momoa"), import("./splice.ts")]);
  try {
    return spliceValue(text, parse(text, { mode: "json5", tokens: true }), path, value);
  } catch (cause) {
    throw unsupported(formatConfigPath(path), cause);
  }
}

function misplaced(path: ConfigPath, message: string): ConfigError {
  return new ConfigError("CONFIG_PATH", "The edit", [{ path: formatConfigPath(path), message }]);
}

function unsupported(path: string, cause?: unknown): ConfigError {
  const message = "this file is written in a way that can't be edited here without harm; change it in an editor";
  return new ConfigError("CONFIG_UNWRITABLE", "The configuration", [{ path, message }], { cause });
}
