import { X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { BlockList, isIP } from "node:net";
import { resolve } from "node:path";
import type { Config } from "@claw/config";
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
  /** The token is of a flag or the environment, and goes before a login. */
  readonly given: boolean;
  /** SHA-256 of the only certificate to accept. */
  readonly tlsFingerprint?: string;
  /** Where the token was looked for; absent when the file was not asked. */
  readonly configPath?: string;
}

const DEFAULT_PORT = 18_789;

/**
 * Which gateway the flags, the environment and the configuration mean. The token that stands on this machine is this
 * machine's: it is not sent to a gateway named by `--url` elsewhere.
 */
export async function locateGateway(flags: GatewayFlags): Promise<Endpoint> {
  const { resolvePaths } = await import("@claw/config");
  const { stateDir, configPath, port, token } = resolvePaths({ env: process.env, flags });
  const shared = {
    stateDir,
    given: token !== undefined,
    ...(token === undefined ? {} : { token }),
    ...(flags.tlsFingerprint === undefined ? {} : { tlsFingerprint: flags.tlsFingerprint }),
  };
  if (flags.url !== undefined && !isLoopback(flags.url)) {
    refuseCleartext(flags.url);
    return { ...shared, url: flags.url, local: false };
  }
  const own = await ownGateway(configPath, stateDir);
  const secret = token ?? own.token;
  const tlsFingerprint = flags.tlsFingerprint ?? own.tlsFingerprint;
  const scheme = own.tls ? "wss" : "ws";
  return {
    ...shared,
    url: flags.url ?? `${scheme}://${own.host}:${port ?? own.port}/`,
    local: flags.url === undefined,
    configPath,
    ...(secret === undefined ? {} : { token: secret }),
    ...(tlsFingerprint === undefined ? {} : { tlsFingerprint }),
  };
}

interface OwnGateway {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  readonly token?: string;
  readonly tlsFingerprint?: string;
}

/** The gateway of this machine's configuration, with the credentials that it keeps beside its state. */
async function ownGateway(configPath: string, stateDir: string): Promise<OwnGateway> {
  const { ConfigError, gatewayHost, loadConfig } = await import("@claw/config");
  try {
    const { gateway } = (await loadConfig({ path: configPath, env: process.env })).config;
    const { port, tls } = gateway;
    const [token, tlsFingerprint] = await Promise.all([
      secretOf(gateway.auth, stateDir),
      tls.enabled ? fingerprintOf(tls, stateDir) : undefined,
    ]);
    return {
      host: gatewayHost(gateway).local,
      port,
      tls: tls.enabled,
      ...(token === undefined ? {} : { token }),
      ...(tlsFingerprint === undefined ? {} : { tlsFingerprint }),
    };
  } catch (error) {
    if (!(error instanceof ConfigError) || error.code !== "CONFIG_MISSING") throw error;
    const token = await secretOf({ mode: "token" }, stateDir);
    return { host: "127.0.0.1", port: DEFAULT_PORT, tls: false, ...(token === undefined ? {} : { token }) };
  }
}

async function secretOf(
  auth: Pick<Config["gateway"]["auth"], "mode" | "token" | "password">,
  stateDir: string,
): Promise<string | undefined> {
  const { readGatewayToken } = await import("@claw/config");
  if (auth.mode === "none") return undefined;
  const configured = auth.mode === "password" ? auth.password : auth.token;
  // A hash is what the gateway compares with; the secret itself nobody knows here.
  if (configured !== undefined) return configured.startsWith("$scrypt$") ? undefined : configured;
  return (await readGatewayToken(stateDir))?.token;
}

/** Of the certificate that the gateway on this state directory shows; `undefined` before it has one. */
async function fingerprintOf(tls: Config["gateway"]["tls"], stateDir: string): Promise<string | undefined> {
  const { gatewayFiles } = await import("@claw/config");
  const path = tls.certPath === undefined ? gatewayFiles(stateDir).certificate : resolve(stateDir, tls.certPath);
  const pem = await readFile(path).catch(() => undefined);
  return pem && new X509Certificate(pem).fingerprint256;
}

/** A token that goes over the internet in clear belongs to whoever listens. */
function refuseCleartext(url: string): void {
  const { protocol, hostname } = new URL(url);
  if (protocol !== "ws:" || isPrivate(hostname.replace(/^\[(.*)\]$/, "$1"))) return;
  throw new CommandError(
    EXIT_CODES.usage,
    `--url: ws:// would send the token unencrypted to ${hostname}. Use wss://, or a tunnel to this machine.`,
  );
}

const PRIVATE = new BlockList();
for (const [address, bits] of [
  ["10.0.0.0", 8],
  ["172.16.0.0", 12],
  ["192.168.0.0", 16],
  ["100.64.0.0", 10],
  ["169.254.0.0", 16],
] as const) {
  PRIVATE.addSubnet(address, bits, "ipv4");
}
PRIVATE.addSubnet("fc00::", 7, "ipv6");
PRIVATE.addSubnet("fe80::", 10, "ipv6");

function isPrivate(host: string): boolean {
  const family = isIP(host);
  return family !== 0 && PRIVATE.check(host, family === 4 ? "ipv4" : "ipv6");
}

function isLoopback(url: string): boolean {
  if (!URL.canParse(url)) {
    throw new CommandError(EXIT_CODES.usage, `--url: expected an address like ws://127.0.0.1:18789, found "${url}".`);
  }
  const { hostname } = new URL(url);
  return hostname === "localhost" || hostname === "[::1]" || /^127(\.\d{1,3}){3}$/.test(hostname);
}
