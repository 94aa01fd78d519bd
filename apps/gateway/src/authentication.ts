import type { LoadedConfig, ResolvedPaths } from "@claw/config";
import { ClawError } from "@claw/core";
import { type Authenticate, sharedSecret, trustEverybody } from "@claw/gateway";

export interface Authentication {
  readonly authenticate: Authenticate;
  /** What the dashboard's address carries. */
  readonly token: string | undefined;
}

/** How clients prove themselves, as configured; a token from a flag or the environment wins over the file's. */
export function authentication({ config }: Pick<LoadedConfig, "config">, paths: ResolvedPaths): Authentication {
  const { mode, token: configured, password } = config.gateway.auth;
  if (mode === "none") return { authenticate: trustEverybody, token: undefined };
  const secret = mode === "password" ? password : (paths.token ?? configured);
  if (secret === undefined) {
    throw new ClawError(
      "CONFIG_INVALID",
      `gateway.auth.mode is "${mode}", but gateway.auth.${mode} is not set. Set it, or start with CLAW_GATEWAY_TOKEN.`,
    );
  }
  return { authenticate: sharedSecret(mode, secret), token: secret };
}
