import { ClawError } from "@claw/core";

/** Where a value stands in the configuration: object keys and list indexes. */
export type ConfigPath = readonly (string | number)[];

const PART = /(?:^|\.)([A-Za-z_$][\w$-]*)|\[(\d{1,6})\]|\[("(?:[^"\\]|\\.)*")\]/y;

/**
 * Reads `agents.list[0].id` or `models.providers["my.provider"].apiKey`. Throws `CONFIG_PATH` when it is not a path.
 */
export function parseConfigPath(text: string): ConfigPath {
  const path: (string | number)[] = [];
  PART.lastIndex = 0;
  while (PART.lastIndex < text.length) {
    const match = text.length <= 1024 ? PART.exec(text) : null;
    const key = match && partOf(match);
    if (key === null || key === undefined || key === "__proto__") {
      throw new ClawError(
        "CONFIG_PATH",
        `"${text.slice(0, 100)}" is not a configuration path. Write keys with dots and list places in brackets, like agents.list[0].model.`,
      );
    }
    path.push(key);
  }
  return path;
}

function partOf([, name, index, quoted]: RegExpExecArray): string | number | undefined {
  if (index !== undefined) return Number(index);
  if (quoted === undefined) return name;
  try {
    return String(JSON.parse(quoted));
  } catch {
    return undefined;
  }
}

/** The text {@link parseConfigPath} reads back; empty for the root. */
export function formatConfigPath(path: ConfigPath): string {
  return path.map(formatPart).join("");
}

function formatPart(part: string | number, position: number): string {
  if (typeof part === "number") return `[${part}]`;
  if (!/^[A-Za-z_$][\w$-]*$/.test(part)) return `[${JSON.stringify(part)}]`;
  return position === 0 ? part : `.${part}`;
}

/** The value at `path`, own keys only; `undefined` where there is none. */
export function valueAt(tree: unknown, path: ConfigPath): unknown {
  return path.reduce<unknown>(
    (node, part) =>
      typeof node === "object" && node !== null && Object.hasOwn(node, part)
        ? (node as Record<string | number, unknown>)[part]
        : undefined,
    tree,
  );
}
