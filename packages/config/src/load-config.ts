import { createHash } from "node:crypto";
import { readConfigFile } from "./read-config-file.ts";
import type { Environment } from "./secret.ts";
import { type Config, parseConfig } from "./validate.ts";

export interface LoadConfigOptions {
  readonly path: string;
  /** Where secrets are looked up. */
  readonly env: Environment;
}

export interface LoadedConfig {
  readonly config: Config;
  readonly path: string;
  /** The file's text. */
  readonly source: string;
  /** Lower-case hex SHA-256 of `source`, to notice a change by someone else before writing. */
  readonly hash: string;
}

/** Reads, checks and completes the configuration. Rejects with a {@link ConfigError} that shows every problem. */
export async function loadConfig({ path, env }: LoadConfigOptions): Promise<LoadedConfig> {
  const source = await readConfigFile(path);
  const config = await parseConfig(source, { env, file: path });
  return { config, path, source, hash: hashConfig(source) };
}

/** Lower-case hex SHA-256. */
export function hashConfig(source: string): string {
  return createHash("sha256").update(source).digest("hex");
}
