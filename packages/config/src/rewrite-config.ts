import { isDeepStrictEqual } from "node:util";
import { isObject } from "./changed-paths.ts";
import type { ConfigPath } from "./config-path.ts";
import { type ConfigValue, spliced } from "./edit-config.ts";
import { parseConfigText } from "./parse-text.ts";
import { ConfigError } from "./problem.ts";
import { REDACTED } from "./secret.ts";

/** Above this it is another configuration, and written as one. */
const MAX_EDITS = 200;

/**
 * The text changed so that it says `wanted`: comments and layout stay wherever the values around them do. A secret that
 * reads `__REDACTED__` in `wanted` is the one that stands in the text.
 */
export async function rewriteConfig(text: string, wanted: ConfigValue): Promise<string> {
  const before = parseConfigText(text, "The configuration");
  const after = restored(wanted, before);
  const edits = isObject(before) && isObject(after) ? editsOf(before, after, []) : undefined;
  if (edits === undefined || edits.length > MAX_EDITS) return `${JSON.stringify(after, undefined, 2)}\n`;
  let result = text;
  for (const { path, value } of edits) result = await spliced(result, path, value);
  if (isDeepStrictEqual(parseConfigText(result, "The edited configuration"), after)) return result;
  const message = "this file is written in a way that can't be edited here without harm; change it in an editor";
  throw new ConfigError("CONFIG_UNWRITABLE", "The configuration", [{ path: "", message }]);
}

interface Edit {
  readonly path: ConfigPath;
  readonly value: ConfigValue | undefined;
}

function editsOf(before: unknown, after: unknown, path: ConfigPath): readonly Edit[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
    return [...keys].flatMap((key) => editsOf(before[key], after[key], [...path, key]));
  }
  // Nothing moves in a list that only grows, so what stays in it keeps its comments.
  if (Array.isArray(before) && Array.isArray(after) && after.length >= before.length) {
    return after.flatMap((item, index) => editsOf(before[index], item, [...path, index]));
  }
  if (Array.isArray(before) && Array.isArray(after)) {
    const gone = removedFrom(before, after);
    // From the last one on, so that the others stay where they are.
    if (gone !== undefined) return gone.toReversed().map((index) => ({ path: [...path, index], value: undefined }));
  }
  return [{ path, value: after as ConfigValue | undefined }];
}

/** Places of the entries without which the one list is the other; `undefined` when it takes more than that. */
function removedFrom(before: readonly unknown[], after: readonly unknown[]): readonly number[] | undefined {
  const gone: number[] = [];
  let kept = 0;
  for (const [index, item] of before.entries()) {
    if (kept < after.length && isDeepStrictEqual(item, after[kept])) kept++;
    else gone.push(index);
  }
  return kept === after.length ? gone : undefined;
}

function restored(wanted: ConfigValue, written: unknown): ConfigValue {
  if (wanted === REDACTED && written !== undefined) return written as ConfigValue;
  if (Array.isArray(wanted)) {
    return wanted.map((item, index) => restored(item, Array.isArray(written) ? written[index] : undefined));
  }
  if (!isObject(wanted)) return wanted;
  const source = isObject(written) ? written : {};
  return Object.fromEntries(
    Object.entries(wanted).map(([key, value]) => [key, restored(value as ConfigValue, source[key])]),
  );
}
