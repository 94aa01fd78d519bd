import { isDeepStrictEqual } from "node:util";
import type { ConfigPath } from "./config-path.ts";

/** Where two trees differ, as far down as both have an object; a list is one value. */
export function changedPaths(before: unknown, after: unknown, path: ConfigPath = []): readonly ConfigPath[] {
  if (!isObject(before) || !isObject(after)) return isDeepStrictEqual(before, after) ? [] : [path];
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...keys].flatMap((key) => changedPaths(before[key], after[key], [...path, key]));
}

/** A copy of `tree` with what `source` has at `paths`, as {@link changedPaths} names them. */
export function withValuesOf<Tree>(tree: Tree, source: unknown, paths: readonly ConfigPath[]): Tree {
  return paths.reduce<unknown>((copy, path) => withValueOf(copy, source, path), tree) as Tree;
}

function withValueOf(tree: unknown, source: unknown, [part, ...rest]: ConfigPath): unknown {
  if (part === undefined) return source;
  const copy: Record<string | number, unknown> = { ...(isObject(tree) ? tree : {}) };
  const child = isObject(source) ? source[part] : undefined;
  if (rest.length === 0 && child === undefined) delete copy[part];
  else copy[part] = withValueOf(copy[part], child, rest);
  return copy;
}

export function isObject(value: unknown): value is Readonly<Record<string | number, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
