import type { StateFlags } from "../gateway-flags.ts";

export interface OpenConfig {
  readonly path: string;
  readonly stateDir: string;
  /** The file's text; that of an empty configuration when there is no file. */
  readonly source: string;
  readonly exists: boolean;
}

/** The configuration file as it stands, right or wrong. */
export async function openConfig(flags: StateFlags): Promise<OpenConfig> {
  const { ConfigError, readConfigFile, resolvePaths } = await import("@claw/config");
  const { configPath: path, stateDir } = resolvePaths({ env: process.env, flags });
  try {
    return { path, stateDir, source: await readConfigFile(path), exists: true };
  } catch (error) {
    if (error instanceof ConfigError && error.code === "CONFIG_MISSING") {
      return { path, stateDir, source: "{}\n", exists: false };
    }
    throw error;
  }
}
