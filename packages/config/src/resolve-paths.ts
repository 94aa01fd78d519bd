import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { ConfigError } from "./problem.ts";
import type { Environment } from "./secret.ts";

export interface ResolvePathsOptions {
  readonly env: Environment;
  /** From the command line; each wins over its environment variable. */
  readonly flags?: {
    readonly stateDir?: string;
    readonly config?: string;
    readonly profile?: string;
    readonly port?: string | number;
    readonly token?: string;
  };
  /** The user's home directory, found by itself when absent. */
  readonly home?: string;
}

export interface ResolvedPaths {
  /** Absolute. */
  readonly stateDir: string;
  /** Absolute; `openclaw.json` in the state directory unless named. */
  readonly configPath: string;
  /** Instead of `gateway.port`. */
  readonly port?: number;
  /** Instead of `gateway.auth.token`. */
  readonly token?: string;
}

/**
 * Where state and configuration are, and what overrides the file. `CLAW_X` wins over `OPENCLAW_X`; an empty variable
 * counts as absent. A state directory wins over a profile, a flag over any variable. Throws `CONFIG_OVERRIDE`.
 */
export function resolvePaths({ env, flags = {}, home = homedir() }: ResolvePathsOptions): ResolvedPaths {
  const pick = (flag: string | undefined, name: string) => flag ?? (env[`CLAW_${name}`] || env[`OPENCLAW_${name}`]);
  const absolute = (path: string) => resolve(path.replace(/^~(?=\/|$)/, home));
  const profile = flags.stateDir === undefined && flags.profile !== undefined;
  const named = profile ? undefined : pick(flags.stateDir, "STATE_DIR");
  const stateDir = named ? absolute(named) : join(home, `.openclaw${suffix(pick(flags.profile, "PROFILE"))}`);
  const configPath = pick(flags.config, "CONFIG_PATH");
  const port = pick(flags.port?.toString(), "GATEWAY_PORT");
  const token = pick(flags.token, "GATEWAY_TOKEN");
  return {
    stateDir,
    configPath: configPath ? absolute(configPath) : join(stateDir, "openclaw.json"),
    ...(port === undefined ? {} : { port: portOf(port, flags.port === undefined ? "GATEWAY_PORT" : "--port") }),
    ...(token ? { token } : {}),
  };
}

function suffix(profile: string | undefined): string {
  if (!profile || profile === "default") return "";
  if (/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/.test(profile)) return `-${profile}`;
  throw wrong("The profile", `expected letters, digits, _ and -, at most 64, found ${shown(profile)}`);
}

function portOf(text: string, name: string): number {
  if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
  const source = name.startsWith("--") ? name : `CLAW_${name} or OPENCLAW_${name}`;
  throw wrong(source, `expected a port from 0 to 65535, found ${shown(text)}`);
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 60));
}

function wrong(source: string, message: string): ConfigError {
  return new ConfigError("CONFIG_OVERRIDE", source, [{ path: "", message }]);
}
