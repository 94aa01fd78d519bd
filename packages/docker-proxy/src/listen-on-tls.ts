import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer } from "node:tls";
import type { DockerProxy } from "./docker-proxy.ts";
import { listenFailed } from "./errors.ts";

export interface TlsOptions {
  /** Default `127.0.0.1`. */
  readonly host?: string;
  /** 0 is any that is free. */
  readonly port: number;
  /** What the proxy shows of itself, as PEM. */
  readonly cert: string | Buffer;
  readonly key: string | Buffer;
  /** Whoever shows a certificate that one of these signed, is the tenant: give each tenant an authority of its own. As PEM. */
  readonly clientCa: string | Buffer;
}

export interface TlsListener extends AsyncDisposable {
  readonly port: number;
}

const HANDSHAKE_TIMEOUT_MS = 10_000;
/** Those that did not show a certificate yet included. */
const MAX_CONNECTIONS = 512;

/** Serves a tenant over TLS 1.3, to clients that show a certificate. Rejects with `DOCKER_PROXY_LISTEN_FAILED`. */
export async function listenOnTls(proxy: Pick<DockerProxy, "accept">, options: TlsOptions): Promise<TlsListener> {
  const { host = "127.0.0.1", port, cert, key, clientCa } = options;
  try {
    const server = createServer(
      {
        ...{ cert, key, ca: clientCa, requestCert: true, rejectUnauthorized: true },
        ...{ minVersion: "TLSv1.3", handshakeTimeout: HANDSHAKE_TIMEOUT_MS, allowHalfOpen: true },
      },
      (connection) => proxy.accept(connection),
    );
    server.maxConnections = MAX_CONNECTIONS;
    server.on("tlsClientError", (_error, connection) => connection.destroy());
    server.listen(port, host);
    await once(server, "listening");
    return {
      port: (server.address() as AddressInfo).port,
      async [Symbol.asyncDispose]() {
        await new Promise((resolve) => server.close(resolve));
      },
    };
  } catch (error) {
    throw listenFailed(`The address ${host}:${port} can't be listened on`, error);
  }
}
