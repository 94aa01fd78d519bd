import type { Config, ResolvedPaths } from "@claw/config";
import { ClawError, type Clock, type Logger } from "@claw/core";
import {
  type Authenticate,
  firstAccepting,
  isPasswordHash,
  sharedSecret,
  tailscaleServe,
  trustEverybody,
  trustedProxy,
  verifyPassword,
} from "@claw/gateway";
import { type LiveToken, openLiveToken } from "./live-token.ts";
import { tailscaleWhois } from "./whois.ts";

export interface Authentication {
  readonly authenticate: Authenticate;
  /** What the dashboard's address carries, now; `undefined` when that is not a text that anybody knows here. */
  readonly secret: () => string | undefined;
  /** The token that Claw made, when that is what counts. */
  readonly liveToken?: LiveToken;
}

export interface AuthenticationOptions {
  readonly config: Config;
  readonly paths: Pick<ResolvedPaths, "stateDir" | "token">;
  readonly clock: Clock;
  readonly log: Logger;
  /** What says when a token of Claw's is rotated. Default: the configuration as it is given here. */
  readonly rotation?: () => Config["gateway"]["auth"];
  /** Told of the secrets that are made here or read from where Claw keeps them. */
  readonly learn?: (secrets: readonly string[]) => void;
}

/** Tailscale Serve passes requests on from here. */
const LOOPBACK = ["127.0.0.1", "::1"];

/** How clients prove themselves, as configured; a token from a flag or the environment wins over the file's. */
export async function authentication(options: AuthenticationOptions): Promise<Authentication> {
  const { allowTailscale } = options.config.gateway.auth;
  const main = await mainAuthentication(options);
  if (allowTailscale === false) return main;
  const allowUsers = typeof allowTailscale === "boolean" ? {} : { allowUsers: allowTailscale };
  const authenticate = firstAccepting(tailscaleServe({ whois: tailscaleWhois(), ...allowUsers }), main.authenticate);
  return { ...main, authenticate };
}

/** Whose forwarding headers are believed. */
export function trustedProxiesOf({ trustedProxies, auth }: Config["gateway"]): readonly string[] {
  return auth.allowTailscale === false ? trustedProxies : [...trustedProxies, ...LOOPBACK];
}

async function mainAuthentication(options: AuthenticationOptions): Promise<Authentication> {
  const { mode, password, trustedProxy: proxy } = options.config.gateway.auth;
  if (mode === "none") return { authenticate: trustEverybody, secret: () => undefined };
  if (mode === "password" && password !== undefined) return fixed("password", password);
  const byToken = await tokenAuthentication(options);
  if (mode === "token") return byToken;
  if (mode === "trusted-proxy" && proxy !== undefined) {
    // The command line on this machine does not come through the proxy.
    return { ...byToken, authenticate: firstAccepting(trustedProxy(proxy), byToken.authenticate) };
  }
  throw new ClawError("CONFIG_INVALID", `gateway.auth.mode is "${mode}", and what it needs is not set.`);
}

async function tokenAuthentication(options: AuthenticationOptions): Promise<Authentication> {
  const { config, paths, clock, log, learn, rotation = () => config.gateway.auth } = options;
  const given = paths.token ?? config.gateway.auth.token;
  if (given !== undefined) return fixed("token", given);
  const liveToken = await openLiveToken({
    stateDir: paths.stateDir,
    clock,
    log,
    rotation() {
      const { rotateEveryHours, rotateOverlapMinutes } = rotation();
      const overlapMs = rotateOverlapMinutes * 60_000;
      return rotateEveryHours === undefined ? { overlapMs } : { overlapMs, everyMs: rotateEveryHours * 3_600_000 };
    },
    ...(learn === undefined ? {} : { learn }),
  });
  return { authenticate: sharedSecret("token", liveToken.verify), secret: () => liveToken.token, liveToken };
}

/** A secret as somebody chose it, or its hash. */
function fixed(kind: "token" | "password", secret: string): Authentication {
  if (!isPasswordHash(secret)) return { authenticate: sharedSecret(kind, secret), secret: () => secret };
  return { authenticate: sharedSecret(kind, verifyPassword(secret, `gateway-${kind}`)), secret: () => undefined };
}
