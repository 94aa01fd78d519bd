import { type ConfigPath, formatConfigPath, parseConfigPath } from "../config-path.ts";
import type { ConfigValue } from "../edit-config.ts";
import { expandIncludes } from "../include.ts";
import { plain } from "../located.ts";
import { ConfigError } from "../problem.ts";
import type { Environment } from "../secret.ts";
import { validateConfig } from "../validate.ts";
import { type Leaf, leavesOf, treeOf } from "./leaves.ts";
import { REASONS, RENAMES, WHOLE } from "./table.ts";

/** What became of one key; neither its value nor any other is here. */
export interface ImportedKey {
  readonly path: string;
  readonly outcome: "used" | "renamed" | "changed" | "ignored";
  /** Where it is now, unless it is ignored. */
  readonly to?: string;
  /** Why it is ignored. */
  readonly reason?: string;
}

export interface Imported {
  /** A configuration of ours, without its defaults and with its secrets as they were written. */
  readonly config: ConfigValue;
  /** Every key of the file, in its order; keys that are ignored for one reason stand together. */
  readonly keys: readonly ImportedKey[];
}

interface Candidate extends Leaf {
  readonly from: ConfigPath;
  readonly changed: boolean;
}

const MAX_ROUNDS = 100;

/**
 * Takes over what an OpenClaw configuration says as far as it has a place here, includes followed. Nothing is lost
 * unsaid: every key has its answer. Rejects with a {@link ConfigError} when the file can't be read.
 */
export async function importConfig(
  text: string,
  { file, env }: { readonly file: string; readonly env: Environment },
): Promise<Imported> {
  const { root } = await expandIncludes({ path: file, text }, env);
  const tree = plain(root);
  if (typeof tree !== "object" || tree === null || Array.isArray(tree)) {
    throw new ConfigError("CONFIG_INVALID", file, [{ path: "", message: "expected an object in { }" }]);
  }
  const ignored = new Map<string, string>();
  let kept: readonly Candidate[] = leavesOf(tree).flatMap((leaf): readonly Candidate[] => {
    const candidate = renamed(leaf);
    if (candidate !== undefined) return [candidate];
    ignored.set(formatConfigPath(leaf.path), reasonFor(leaf.path) ?? "it has no counterpart here");
    return [];
  });
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const { tree: candidate, places } = treeOf(kept);
    const { problems } = await validateConfig(JSON.stringify(candidate));
    if (problems.length === 0) break;
    const out = new Map<Candidate, string>();
    for (const { path, message } of problems) {
      for (const leaf of blamed(kept, places, wholeRule(parseConfigPath(path)))) out.set(leaf, message);
    }
    for (const [{ from }, message] of out) {
      const known = message.startsWith("unknown key") || message.startsWith("no channel called");
      ignored.set(
        formatConfigPath(from),
        (known && reasonFor(from)) || (known ? "there is no such key here" : message),
      );
    }
    kept = kept.filter((leaf) => !out.has(leaf));
  }
  const { tree: config, places } = treeOf(kept);
  const taken = new Map(kept.map((leaf, index) => [formatConfigPath(leaf.from), { leaf, place: places[index] ?? [] }]));
  return { config, keys: grouped(leavesOf(tree).map(({ path }) => answer(formatConfigPath(path), taken, ignored))) };
}

function answer(
  path: string,
  taken: ReadonlyMap<string, { readonly leaf: Candidate; readonly place: ConfigPath }>,
  ignored: ReadonlyMap<string, string>,
): ImportedKey {
  const found = taken.get(path);
  if (found === undefined)
    return { path, outcome: "ignored", reason: ignored.get(path) ?? "there is no such key here" };
  const { leaf, place } = found;
  const same = formatConfigPath(leaf.path) === path;
  return { path, outcome: same ? (leaf.changed ? "changed" : "used") : "renamed", to: formatConfigPath(place) };
}

function renamed({ path, value }: Leaf): Candidate | undefined {
  for (const { from, to, convert = (same: unknown) => same } of RENAMES) {
    const parts = from.split(".");
    if (parts.length !== path.length || !fits(parts, path)) continue;
    const starred = path.filter((_, index) => parts[index] === "*");
    const target = to
      .split(".")
      .map((part) => (part.startsWith("$") ? (starred[Number(part.slice(1)) - 1] ?? part) : part));
    const converted = convert(value);
    return converted === undefined
      ? undefined
      : { from: path, path: target, value: converted, changed: converted !== value };
  }
  return { from: path, path, value, changed: false };
}

function fits(parts: readonly string[], path: ConfigPath): boolean {
  return parts.every((part, index) => part === "*" || part === String(path[index]));
}

/** A rule that lost one of its conditions would mean more than it did: it goes as a whole. */
function wholeRule(problem: ConfigPath): ConfigPath {
  const rule = WHOLE.map((key) => key.split(".")).find(
    (parts) => parts.length <= problem.length && fits(parts, problem),
  );
  return rule === undefined ? problem : problem.slice(0, rule.length);
}

/** The values that a problem is about: those at or below its path, or next to what is missing. */
function blamed(kept: readonly Candidate[], places: readonly ConfigPath[], problem: ConfigPath): readonly Candidate[] {
  for (let length = problem.length; length >= 0; length -= 1) {
    const around = problem.slice(0, length);
    const found = kept.filter((_, index) => around.every((part, depth) => places[index]?.[depth] === part));
    if (found.length > 0) return found;
  }
  return kept;
}

/** Parts of a table's key may begin a part of the path: `blockStreaming` is also `blockStreamingChunk`. */
function reasonFor(path: ConfigPath): string | undefined {
  const found = Object.entries(REASONS)
    .map(([key, reason]) => ({ parts: key.split("."), reason }))
    .filter(({ parts }) =>
      parts.every((part, index) => {
        const own = String(path[index]);
        return part === "*" || own === part || (index > 0 && index === parts.length - 1 && own.startsWith(part));
      }),
    );
  return found.sort((a, b) => b.parts.length - a.parts.length)[0]?.reason;
}

/** Neighbours that are ignored for one reason become the key around them. */
function grouped(keys: readonly ImportedKey[]): readonly ImportedKey[] {
  const result: ImportedKey[] = [];
  for (const key of keys) {
    const group = key.outcome === "ignored" ? widest(key, keys) : key.path;
    if (result.at(-1)?.path !== group) result.push({ ...key, path: group });
  }
  return result;
}

function widest(key: ImportedKey, keys: readonly ImportedKey[]): string {
  const parts = parseConfigPath(key.path);
  for (let length = 1; length < parts.length; length += 1) {
    const around = formatConfigPath(parts.slice(0, length));
    const inside = keys.filter(({ path }) => path.startsWith(`${around}.`) || path.startsWith(`${around}[`));
    if (inside.every(({ outcome, reason }) => outcome === "ignored" && reason === key.reason)) return around;
  }
  return key.path;
}
