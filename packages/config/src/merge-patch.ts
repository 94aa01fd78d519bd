import { isDeepStrictEqual } from "node:util";
import { isObject } from "./changed-paths.ts";
import type { ConfigValue } from "./edit-config.ts";
import { ConfigError } from "./problem.ts";

/**
 * A JSON merge patch (RFC 7396: objects merge, `null` deletes, all else replaces) that does not lose list entries by
 * accident. Lists of objects with an `id` merge by it; a list that would lose an entry is refused with `CONFIG_CLOBBER`
 * unless its path is one of `replacePaths`, in which a list merged by id is written as `[]`.
 */
export function mergePatch(target: unknown, patch: ConfigValue, replacePaths: readonly string[]): ConfigValue {
  if (!isObject(patch)) {
    throw new ConfigError("CONFIG_INVALID", "The patch", [{ path: "", message: "expected an object in { }" }]);
  }
  const lost: string[] = [];
  const result = merge(target, patch, "");
  if (lost.length === 0) return result;
  throw new ConfigError("CONFIG_CLOBBER", "The patch", [
    {
      path: lost[0] ?? "",
      message: `it would remove entries of ${lost.join(", ")}; name them in replacePaths if that is meant`,
    },
  ]);

  function merge(from: unknown, to: ConfigValue, path: string): ConfigValue {
    if (Array.isArray(from)) return replacePaths.includes(path) ? to : mergeList(from, to, path);
    if (!isObject(to)) {
      forget(from, path);
      return to;
    }
    const result: Record<string, ConfigValue> = isObject(from) ? { ...(from as Record<string, ConfigValue>) } : {};
    for (const [key, value] of Object.entries(to)) {
      const below = path === "" ? key : `${path}.${key}`;
      if (value !== null) result[key] = merge(result[key], value, below);
      else {
        forget(result[key], below);
        delete result[key];
      }
    }
    return result;
  }

  function mergeList(from: readonly unknown[], to: ConfigValue, path: string): ConfigValue {
    if (!Array.isArray(to)) {
      if (from.length > 0) lost.push(path);
      return to;
    }
    if (hasIds(from) && hasIds(to)) {
      const changed = from.map((item) => {
        const change = to.find(({ id }) => id === item.id);
        return change === undefined ? (item as ConfigValue) : merge(item, change as ConfigValue, `${path}[]`);
      });
      return [...changed, ...(to.filter(({ id }) => !from.some((item) => item.id === id)) as ConfigValue[])];
    }
    if (!from.every((item) => to.some((one) => isDeepStrictEqual(one, item)))) lost.push(path);
    return to;
  }

  /** Notes every list in what a patch takes away. */
  function forget(value: unknown, path: string): void {
    if (Array.isArray(value)) {
      if (value.length > 0 && !replacePaths.includes(path)) lost.push(path);
    } else if (isObject(value)) {
      for (const [key, child] of Object.entries(value)) forget(child, `${path}.${key}`);
    }
  }
}

function hasIds(list: readonly unknown[]): list is readonly { readonly id: string }[] {
  return list.length > 0 && list.every((item) => isObject(item) && typeof item["id"] === "string");
}
