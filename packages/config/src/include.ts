import { realpath } from "node:fs/promises";
import { dirname, relative, resolve, sep } from "node:path";
import { formatConfigPath } from "./config-path.ts";
import { excerpt } from "./excerpt.ts";
import { locator } from "./locate.ts";
import { isList, isMap, type Located, located, merged, type SourceFile } from "./located.ts";
import { parseConfigText } from "./parse-text.ts";
import { ConfigError } from "./problem.ts";
import { readConfigFile } from "./read-config-file.ts";
import type { Environment } from "./secret.ts";

const KEY = "$include";
const MAX_INCLUDE_DEPTH = 10;
const MAX_FILES = 256;
const MAX_PATH_LENGTH = 4095;

export interface Expanded {
  readonly root: Located;
  /** Every included file, in the order of reading. */
  readonly included: readonly SourceFile[];
}

/**
 * The file with every `$include` replaced by what it names. Files must lie in the directory of the configuration or in
 * a directory of `CLAW_INCLUDE_ROOTS` (or `OPENCLAW_INCLUDE_ROOTS`), links followed. Throws a {@link ConfigError} that
 * shows the `$include`, or the place in the included file; `included` then has what was read until there.
 */
export async function expandIncludes(
  file: SourceFile,
  env: Environment,
  included: SourceFile[] = [],
): Promise<Expanded> {
  let roots: Promise<readonly string[]> | undefined;
  const self = await realpath(file.path).catch(() => file.path);
  const root = await expand(located(parseConfigText(file.text, file.path), file), [self]);
  return { root, included };

  async function expand(node: Located, chain: readonly string[]): Promise<Located> {
    const { value } = node;
    if (isList(value)) return { ...node, value: await inOrder(value, (item) => expand(item, chain)) };
    if (!isMap(value)) return node;
    const entries = await inOrder([...value], async ([key, child]) => [key, await expand(child, chain)] as const);
    const own = new Map(entries.filter(([key]) => key !== KEY));
    const directive = value.get(KEY);
    if (directive === undefined) return { ...node, value: own };
    const parts = await inOrder(await targets(directive), (target) => read(directive, target, chain));
    const [first, ...rest] = parts;
    if (first === undefined) return { ...node, value: own };
    const base = rest.reduce(merged, first);
    if (own.size === 0) return base;
    if (!isMap(base.value)) throw await wrong(directive, "names no object, so no other key can stand beside it");
    return merged(base, { ...node, value: own });
  }

  async function targets(directive: Located): Promise<readonly string[]> {
    const list = isList(directive.value) ? directive.value.map(({ value }) => value) : [directive.value];
    if (list.every((one) => typeof one === "string")) return list;
    throw await wrong(directive, "expected the path of a file, or a list of them");
  }

  async function read(directive: Located, target: string, chain: readonly string[]): Promise<Located> {
    const fail = (message: string, cause?: unknown) => wrong(directive, message, cause);
    if (chain.length > MAX_INCLUDE_DEPTH) throw await fail(`files include each other deeper than ${MAX_INCLUDE_DEPTH}`);
    const path = await inside(resolve(dirname(directive.file.path), target), target, fail);
    if (chain.includes(path)) throw await fail("includes itself, through the files it includes");
    if (included.length >= MAX_FILES) throw await fail(`more than ${MAX_FILES} files are included`);
    const text = await readConfigFile(path).catch(async (cause: unknown) => {
      throw await fail(cause instanceof ConfigError ? (cause.problems[0]?.message ?? "") : "it can't be read", cause);
    });
    const source = { path, text };
    included.push(source);
    return expand(located(parseConfigText(text, path), source), [...chain, path]);
  }

  async function inside(
    path: string,
    target: string,
    fail: (message: string, cause?: unknown) => Promise<ConfigError>,
  ): Promise<string> {
    if (target.includes("\0") || Math.max(path.length, target.length) > MAX_PATH_LENGTH) {
      throw await fail("this is not the path of a file");
    }
    roots ??= includeRoots(file.path, env);
    const real = await realpath(path).catch(async (cause: NodeJS.ErrnoException) => {
      throw await fail(cause.code === "ENOENT" ? "there is no such file" : `it can't be read: ${cause.code}`, cause);
    });
    const allowed = await roots;
    if (allowed.some((directory) => contains(directory, real))) return real;
    throw await fail(
      `leads out of ${dirname(file.path)}; move the file there, or name its directory in CLAW_INCLUDE_ROOTS`,
    );
  }
}

async function includeRoots(file: string, env: Environment): Promise<readonly string[]> {
  const named = env["CLAW_INCLUDE_ROOTS"] || env["OPENCLAW_INCLUDE_ROOTS"] || "";
  const directories = [dirname(resolve(file)), ...named.split(":").filter((path) => path.startsWith("/"))];
  // A directory that is not there allows nothing.
  const real = await Promise.all(directories.map((path) => realpath(path).catch(() => undefined)));
  return real.filter((path) => path !== undefined);
}

function contains(directory: string, path: string): boolean {
  const way = relative(directory, path);
  return way !== "" && way !== ".." && !way.startsWith(`..${sep}`);
}

async function wrong({ file, path }: Located, message: string, cause?: unknown): Promise<ConfigError> {
  const place = (await locator(file.text))(path, "value");
  const problem = { path: formatConfigPath(path), message: `$include ${message}` };
  if (place === undefined) return new ConfigError("CONFIG_INVALID", file.path, [problem], { cause });
  const { line, column } = place;
  const shown = { ...problem, line, column, excerpt: excerpt(file.text, { ...place, reveal: true }) };
  return new ConfigError("CONFIG_INVALID", file.path, [shown], { cause });
}

/** One after another, so that the order of reading is that of the text. */
async function inOrder<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const item of items) results.push(await work(item));
  return results;
}
