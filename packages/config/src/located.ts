import type { ConfigPath } from "./config-path.ts";
import { ConfigError } from "./problem.ts";

export interface SourceFile {
  /** How messages call it; absolute when it was read from a disk. */
  readonly path: string;
  readonly text: string;
}

/** A value of the configuration with where it is written. */
export interface Located {
  readonly file: SourceFile;
  /** In that file. */
  readonly path: ConfigPath;
  readonly value: string | number | boolean | null | undefined | readonly Located[] | ReadonlyMap<string, Located>;
}

const MAX_DEPTH = 100;

/** What a file says, each value with its place. Throws `CONFIG_INVALID` for what is nested without end. */
export function located(tree: unknown, file: SourceFile, path: ConfigPath = []): Located {
  if (path.length > MAX_DEPTH) {
    const message = `brackets are nested deeper than ${MAX_DEPTH} levels`;
    throw new ConfigError("CONFIG_INVALID", file.path, [{ path: "", message }]);
  }
  if (Array.isArray(tree)) {
    return { file, path, value: tree.map((item, index) => located(item, file, [...path, index])) };
  }
  if (typeof tree === "object" && tree !== null) {
    const entries = Object.entries(tree).map(([key, child]) => [key, located(child, file, [...path, key])] as const);
    return { file, path, value: new Map(entries) };
  }
  return { file, path, value: tree as Located["value"] };
}

/** `over` on top of `base`: objects merge key by key, lists follow each other, all else is replaced. */
export function merged(base: Located, over: Located): Located {
  if (isMap(base.value) && isMap(over.value)) {
    const value = new Map(base.value);
    for (const [key, child] of over.value) {
      const below = value.get(key);
      value.set(key, below === undefined ? child : merged(below, child));
    }
    return { ...over, value };
  }
  if (isList(base.value) && isList(over.value)) return { ...over, value: [...base.value, ...over.value] };
  return over;
}

/** The value without its places. */
export function plain({ value }: Located): unknown {
  if (isList(value)) return value.map(plain);
  if (isMap(value)) return Object.fromEntries([...value].map(([key, child]) => [key, plain(child)]));
  return value;
}

/** A copy with every text replaced by what `change` makes of it. */
export function mapTexts(
  node: Located,
  change: (text: string, path: ConfigPath) => string,
  path: ConfigPath = [],
): Located {
  const { value } = node;
  if (typeof value === "string") return { ...node, value: change(value, path) };
  if (isList(value)) return { ...node, value: value.map((item, index) => mapTexts(item, change, [...path, index])) };
  if (!isMap(value)) return node;
  return { ...node, value: new Map([...value].map(([key, child]) => [key, mapTexts(child, change, [...path, key])])) };
}

/** The value at `path`, or the nearest thing around it. */
export function nearest(node: Located, path: ConfigPath): { readonly node: Located; readonly exact: boolean } {
  let found = node;
  for (const part of path) {
    const child = isList(found.value) ? found.value[Number(part)] : isMap(found.value) && found.value.get(String(part));
    if (!child) return { node: found, exact: false };
    found = child;
  }
  return { node: found, exact: true };
}

export function isMap(value: Located["value"]): value is ReadonlyMap<string, Located> {
  return value instanceof Map;
}

export function isList(value: Located["value"]): value is readonly Located[] {
  return Array.isArray(value);
}
