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
  /** Whose forwarding headers are believed. */
  readonly trustedProxies: readonly string[];
}

export interface AuthenticationOptions {
  readonly config: Config;
  readonly paths: Pick<ResolvedPaths, "stateDir" | "token">;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Tailscale Serve passes requests on from here. */
const LOOPBACK = ["127.0.0.1", "::1"];

/** How clients prove themselves, as configured; a token from a flag or the environment wins over the file's. */
export async function authentication(options: AuthenticationOptions): Promise<Authentication> {
  const { auth, trustedProxies } = options.config.gateway;
  const main = await mainAuthentication(options);
  if (auth.allowTailscale === false) return { ...main, trustedProxies };
  const allowUsers = typeof auth.allowTailscale === "boolean" ? {} : { allowUsers: auth.allowTailscale };
  return {
    ...main,
    authenticate: firstAccepting(tailscaleServe({ whois: tailscaleWhois(), ...allowUsers }), main.authenticate),
    trustedProxies: [...trustedProxies, ...LOOPBACK],
  };
}

type Main = Omit<Authentication, "trustedProxies">;

async function mainAuthentication(options: AuthenticationOptions): Promise<Main> {
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

async function tokenAuthentication({ config, paths, clock, log }: AuthenticationOptions): Promise<Main> {
  const { token, rotateEveryHours, rotateOverlapMinutes } = config.gateway.auth;
  const given = paths.token ?? token;
  if (given !== undefined) return fixed("token", given);
  const liveToken = await openLiveToken({
    stateDir: paths.stateDir,
    clock,
    log,
    overlapMs: rotateOverlapMinutes * 60_000,
    ...(rotateEveryHours === undefined ? {} : { rotateEveryMs: rotateEveryHours * 3_600_000 }),
  });
  return { authenticate: sharedSecret("token", liveToken.verify), secret: () => liveToken.token, liveToken };
}

/** A secret as somebody chose it, or its hash. */
function fixed(kind: "token" | "password", secret: string): Main {
  if (!isPasswordHash(secret)) return { authenticate: sharedSecret(kind, secret), secret: () => secret };
  return { authenticate: sharedSecret(kind, verifyPassword(secret, `gateway-${kind}`)), secret: () => undefined };
}
