import { isObject } from "../changed-paths.ts";
import type { ConfigPath } from "../config-path.ts";
import type { ConfigValue } from "../edit-config.ts";
import { isSecretPath } from "../secret.ts";

/** One value of a file, as deep as its objects go. */
export interface Leaf {
  readonly path: ConfigPath;
  readonly value: unknown;
}

/** Every value of a tree; an empty object or list is one, and so is a list without objects and a secret. */
export function leavesOf(value: unknown, path: ConfigPath = []): readonly Leaf[] {
  if (Array.isArray(value) && value.some(isObject))
    return value.flatMap((item, index) => leavesOf(item, [...path, index]));
  const isReference = isObject(value) && "source" in value && isSecretPath(path);
  if (!isObject(value) || isReference || Object.keys(value).length === 0) return [{ path, value }];
  return Object.entries(value).flatMap(([key, child]) => leavesOf(child, [...path, key]));
}

/** Puts values into a tree; lists are closed up where entries are missing. Resolves where each value went. */
export function treeOf(leaves: readonly Leaf[]): {
  readonly tree: ConfigValue;
  readonly places: readonly ConfigPath[];
} {
  const tree: Record<string, unknown> = {};
  const dense = new Map<string, number>();
  const places = leaves.map(({ path, value }) => {
    const place = closedUp(path, dense);
    put(tree, place, value);
    return place;
  });
  return { tree: tree as ConfigValue, places };
}

function closedUp(path: ConfigPath, dense: Map<string, number>): ConfigPath {
  return path.map((part, index) => {
    if (typeof part !== "number") return part;
    const list = JSON.stringify(path.slice(0, index));
    const entry = JSON.stringify(path.slice(0, index + 1));
    const count = dense.get(list) ?? 0;
    const place = dense.get(entry) ?? count;
    if (place === count) dense.set(list, count + 1);
    dense.set(entry, place);
    return place;
  });
}

function put(tree: Record<string | number, unknown>, [part, ...rest]: ConfigPath, value: unknown): void {
  if (part === undefined) return;
  if (rest.length === 0) {
    tree[part] = value;
    return;
  }
  const next = tree[part];
  const child = typeof next === "object" && next !== null ? next : typeof rest[0] === "number" ? [] : {};
  tree[part] = child;
  put(child as Record<string | number, unknown>, rest, value);
}
