import { gatewayHost, type LoadedConfig, type ResolvedPaths } from "@claw/config";
import { ClawError, type Logger } from "@claw/core";
import type { Gateway } from "@claw/gateway";
import { type ListenOptions, listen } from "@claw/gateway/node";
import type { Access } from "./access.ts";
import type { Tls } from "./tls.ts";

export interface ServeOptions {
  readonly gateway: Gateway;
  readonly fetch: NonNullable<ListenOptions["fetch"]>;
  readonly access: Pick<Access, "watch">;
  /** Absent without encryption. */
  readonly tls: Tls | undefined;
  readonly loaded: Pick<LoadedConfig, "config">;
  readonly paths: Pick<ResolvedPaths, "port">;
  readonly log: Logger;
}

/** A gateway that can be reached; disposing it closes the port. */
export interface Serving extends AsyncDisposable {
  /** What to open on this machine. */
  readonly address: string;
  /** Of its certificate; `undefined` without TLS. */
  readonly fingerprint: string | undefined;
}

/** Opens the port as `gateway.bind` and `gateway.tls` say, and follows renewed certificates and rotated tokens. */
export async function serve(options: ServeOptions): Promise<Serving> {
  const { gateway, fetch, access, tls, loaded, paths, log } = options;
  const config = loaded.config.gateway;
  const { listen: host, local } = gatewayHost(config);
  if (host === undefined) {
    throw new ClawError(
      "GATEWAY_NO_TAILNET",
      'gateway.bind is "tailnet", and no network interface has a Tailscale address (100.64.0.0/10 or fd7a:115c:a1e0::/48). Start it with "tailscale up", or change gateway.bind.',
    );
  }
  const pair = tls === undefined ? {} : { tls: tls.pair };
  const listening = await listen(gateway, { host, port: paths.port ?? config.port, fetch, ...pair });
  const stopWatching = [
    tls?.watch((renewed, fingerprint) => {
      listening.renewCertificate(renewed);
      log.warn("the certificate has changed; clients that pin it need the new fingerprint", { fingerprint });
    }),
    access.watch((credential) => {
      gateway.revoke((principal) => principal.credential === credential);
      log.info("a token has ended", { credential });
    }),
  ];
  return {
    address: `${tls === undefined ? "http" : "https"}://${local}:${listening.port}/`,
    fingerprint: tls?.fingerprint,
    async [Symbol.asyncDispose]() {
      for (const stop of stopWatching) stop?.();
      await listening.close();
    },
  };
}
