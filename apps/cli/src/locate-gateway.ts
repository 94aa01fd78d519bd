import { EXIT_CODES } from "./exit-codes.ts";
import { CommandError } from "./failure.ts";
import type { GatewayFlags } from "./gateway-flags.ts";

export interface Endpoint {
  /** `ws:` or `wss:`. */
  readonly url: string;
  /** It is the gateway of this machine's configuration. */
  readonly local: boolean;
  readonly stateDir: string;
  readonly token?: string;
  /** Where the token was looked for; absent when the file was not asked. */
  readonly configPath?: string;
}

const DEFAULT_PORT = 18_789;

/**
 * Which gateway the flags, the environment and the configuration mean. The token in the configuration file is this
 * machine's: it is not sent to a gateway named by `--url` elsewhere.
 */
export async function locateGateway(flags: GatewayFlags): Promise<Endpoint> {
  const { resolvePaths } = await import("@claw/config");
  const { stateDir, configPath, port, token } = resolvePaths({ env: process.env, flags });
  const shared = { stateDir, ...(token === undefined ? {} : { token }) };
  if (flags.url !== undefined && !isLoopback(flags.url)) return { ...shared, url: flags.url, local: false };
  const file = await gatewaySection(configPath);
  const secret = token ?? file.token;
  return {
    url: flags.url ?? `ws://${file.host}:${port ?? file.port}/`,
    local: flags.url === undefined,
    stateDir,
    configPath,
    ...(secret === undefined ? {} : { token: secret }),
  };
}

interface GatewaySection {
  readonly host: string;
  readonly port: number;
  readonly token?: string;
}

async function gatewaySection(path: string): Promise<GatewaySection> {
  const { ConfigError, loadConfig } = await import("@claw/config");
  try {
    const { gateway } = (await loadConfig({ path, env: process.env })).config;
    const { bind, customBindHost, port, auth } = gateway;
    const secret = auth.mode === "password" ? auth.password : auth.token;
    const host = bind === "custom" && customBindHost !== undefined ? bracketed(customBindHost) : "127.0.0.1";
    return { host, port, ...(secret === undefined || auth.mode === "none" ? {} : { token: secret }) };
  } catch (error) {
    if (error instanceof ConfigError && error.code === "CONFIG_MISSING")
      return { host: "127.0.0.1", port: DEFAULT_PORT };
    throw error;
  }
}

function bracketed(host: string): string {
  return host.includes(":") ? `[${host}]` : host;
}

function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) {
    throw new CommandError(EXIT_CODES.usage, `--url: expected an address like ws://127.0.0.1:18789, found "${url}".`);
  }
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
