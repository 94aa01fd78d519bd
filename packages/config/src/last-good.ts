import { stat } from "node:fs/promises";
import { isDeepStrictEqual } from "node:util";
import { valueAt } from "./config-path.ts";
import { type LoadConfigOptions, type LoadedConfig, loadConfig, sourceHash } from "./load-config.ts";
import type { ConfigProblem } from "./problem.ts";
import { readConfigFile } from "./read-config-file.ts";
import { validateConfig } from "./validate.ts";
import { writeConfigFile } from "./write-config-file.ts";

/** What is used in place of a file that is wrong. */
export interface Substitute {
  /** `path` and `hash` are of the file that is wrong, all else of what is used instead. */
  readonly loaded: LoadedConfig;
  /** Sections of the file that are not used. `undefined`: none of it is, but the last version that was right. */
  readonly leftOut: readonly string[] | undefined;
  /** Of the last version that was right. */
  readonly savedAt: Date | undefined;
}

/**
 * Sections that only add something. Every other one also restricts: without it, somebody could do more than its owner
 * wrote, or what they say would go to another model provider than the one that was named.
 */
const OPTIONAL: ReadonlySet<string> = new Set(["channels", "diagnostics", "logging"]);

/** What says who comes in. */
const WAY_IN = ["gateway", "users", "roles"] as const;

const lastGoodPath = (path: string): string => `${path}.last-good`;

/**
 * Keeps a configuration that works beside its file, readable by its owner alone: as it is written, includes merged, so
 * that it holds no secret which the files do not hold.
 */
export async function keepLastGood({ path, source, tree, included }: LoadedConfig): Promise<void> {
  const text = included.length === 0 ? source : `${JSON.stringify(tree, undefined, 2)}\n`;
  const known = await readConfigFile(lastGoodPath(path)).catch(() => undefined);
  if (known !== text) await writeConfigFile(lastGoodPath(path), text);
}

/** The file without its optional sections that are wrong; `undefined` when more than those is wrong. */
export async function withoutBadSections({ path, env }: LoadConfigOptions): Promise<Substitute | undefined> {
  const source = await readConfigFile(path);
  const checked = await validateConfig(source, { file: path, env });
  const leftOut = new Set(checked.problems.map(sectionOf));
  if (leftOut.size === 0 || ![...leftOut].every((section) => OPTIONAL.has(section))) return undefined;
  const rest = Object.entries(checked.tree as object).filter(([section]) => !leftOut.has(section));
  const tree = Object.fromEntries(rest);
  const { config, problems, ...others } = await validateConfig(JSON.stringify(tree), { env });
  if (config === undefined || problems.length > 0) return undefined;
  const warnings = "warnings" in others ? others.warnings : [];
  const hash = await sourceHash(source, { file: path, env });
  const loaded = { config, warnings, tree, included: checked.included, path, source, hash };
  return { loaded, leftOut: [...leftOut], savedAt: undefined };
}

/**
 * The last version that was right, unless there is none or it is not right now. Also `undefined` when the file can be read
 * and says something else of who comes in: whom its owner has just shut out must not get in by a mistake elsewhere.
 */
export async function lastGood({ path, env }: LoadConfigOptions): Promise<Substitute | undefined> {
  const kept = lastGoodPath(path);
  const found = await loadConfig({ path: kept, env }).catch(() => undefined);
  if (found === undefined || !(await sameWayIn({ path, env }, found.tree))) return undefined;
  const { mtime: savedAt } = await stat(kept);
  const hash = await sourceHash(await readConfigFile(path), { file: path, env });
  return { loaded: { ...found, path, hash }, leftOut: undefined, savedAt };
}

async function sameWayIn({ path, env }: LoadConfigOptions, tree: unknown): Promise<boolean> {
  const text = await readConfigFile(path);
  const wanted = await validateConfig(text, { file: path, env, keepSecrets: true }).catch(() => undefined);
  // What can't be read at all says nothing, as if nobody had touched it.
  if (wanted === undefined) return true;
  return WAY_IN.every((section) => isDeepStrictEqual(valueAt(wanted.tree, [section]), valueAt(tree, [section])));
}

const sectionOf = ({ path }: ConfigProblem): string => path.split(/[.[]/, 1)[0] ?? "";
