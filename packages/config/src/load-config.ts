import { createHash } from "node:crypto";
import { expandIncludes } from "./include.ts";
import type { SourceFile } from "./located.ts";
import { ConfigError, type ConfigProblem } from "./problem.ts";
import { readConfigFile } from "./read-config-file.ts";
import type { Environment } from "./secret.ts";
import { type Config, type ConfigSources, validateConfig } from "./validate.ts";

export interface LoadConfigOptions {
  readonly path: string;
  /** Where secrets are looked up. */
  readonly env: Environment;
}

export interface LoadedConfig extends ConfigSources {
  readonly config: Config;
  readonly path: string;
  /** What is not wrong, but hardly meant. */
  readonly warnings: readonly ConfigProblem[];
  /** The file's text. */
  readonly source: string;
  /** Lower-case hex SHA-256 of `source` and all that it includes, to notice a change by someone else before writing. */
  readonly hash: string;
}

/** Reads, checks and completes the configuration. Rejects with a {@link ConfigError} that shows every problem. */
export async function loadConfig({ path, env }: LoadConfigOptions): Promise<LoadedConfig> {
  const source = await readConfigFile(path);
  const checked = await validateConfig(source, { env, file: path });
  if (checked.config === undefined) throw new ConfigError("CONFIG_INVALID", path, checked.problems);
  const { config, warnings, tree, included } = checked;
  return { config, warnings, tree, included, path, source, hash: hashSources(source, included) };
}

/** Lower-case hex SHA-256. */
export function hashConfig(source: string): string {
  return createHash("sha256").update(source).digest("hex");
}

/** What a text includes, which may be wrong: as far as it can be read, the file that can't be parsed among it. */
export async function includedFiles(
  source: string,
  { file, env }: { readonly file: string; readonly env: Environment },
): Promise<readonly SourceFile[]> {
  const included: SourceFile[] = [];
  await expandIncludes({ path: file, text: source }, env, included).catch(() => {});
  return included;
}

/** As {@link LoadedConfig} has it, for a text that may be wrong: of what can be read of its includes. */
export async function sourceHash(
  source: string,
  where: { readonly file: string; readonly env: Environment },
): Promise<string> {
  return hashSources(source, await includedFiles(source, where));
}

function hashSources(source: string, included: readonly SourceFile[]): string {
  if (included.length === 0) return hashConfig(source);
  return hashConfig(JSON.stringify([source, ...included.map(({ path, text }) => [path, text])]));
}
