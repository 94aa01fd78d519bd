import { createServer, type RequestListener, type Server } from "node:http";
import { createServer as createTlsServer, type Server as TlsServer } from "node:https";
import { type AddressInfo, isIP } from "node:net";
import { ClawError } from "@claw/core";
import { getRequestListener } from "@hono/node-server";
import { apiError } from "../http/errors.ts";
import type { Gateway, RequestSource } from "../options.ts";
import { queryCredentialProblem } from "../query-credentials.ts";
import { acceptUpgrades } from "./websocket.ts";

export interface ListenOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** Serves https and wss instead of http and ws. */
  readonly tls?: CertificatePair;
  /** What answers HTTP. Default: the gateway alone. */
  readonly fetch?: (request: Request, from: RequestSource) => Response | Promise<Response>;
}

/** In PEM. */
export interface CertificatePair {
  readonly cert: string;
  readonly key: string;
}

export interface Listening {
  readonly host: string;
  readonly port: number;
  readonly server: Server;
  /** For connections from now on; open ones stay. Throws on a pair that does not fit. */
  renewCertificate(pair: CertificatePair): void;
  close(): Promise<void>;
}

/** Serves a gateway's HTTP and WebSocket on one port. Rejects with `GATEWAY_PORT` when the port can't be had. */
export async function listen(gateway: Gateway, options: ListenOptions): Promise<Listening> {
  const { host, port, tls, fetch = gateway.fetch } = options;
  const listener = getRequestListener(
    (request, { incoming }) => {
      // What answers besides the gateway would take it for a page's own.
      const problem = queryCredentialProblem(incoming.url ?? "");
      if (problem !== undefined) return apiError(400, problem, "credential_in_url");
      return fetch(request, { remoteAddress: incoming.socket.remoteAddress });
    },
    { overrideGlobalObjects: false },
  );
  const server = tls === undefined ? createServer(listener) : createEncryptedServer(tls, listener);
  const terminateSockets = acceptUpgrades(server, gateway);
  await new Promise<void>((resolve, reject) => {
    server.once("error", (error) => reject(portProblem(error, options)));
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    host,
    port: address.port,
    server,
    renewCertificate: (pair) => (server as TlsServer).setSecureContext?.({ ...pair, ...TLS_OPTIONS }),
    close() {
      terminateSockets();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

const TLS_OPTIONS = { minVersion: "TLSv1.2" } as const;
const TLS_HANDSHAKE_TIMEOUT_MS = 10_000;
const YEAR_SECONDS = 31_536_000;

function createEncryptedServer(tls: CertificatePair, listener: RequestListener): Server {
  const options = { ...tls, ...TLS_OPTIONS, handshakeTimeout: TLS_HANDSHAKE_TIMEOUT_MS };
  const server = createTlsServer(options, (request, response) => {
    // It holds for every port of a name, so localhost would lose its other, unencrypted servers.
    const name = (request.headers.host ?? "").replace(/:\d+$/, "");
    if (name !== "" && name !== "localhost" && isIP(name.replace(/^\[|\]$/g, "")) === 0) {
      response.setHeader("strict-transport-security", `max-age=${YEAR_SECONDS}`);
    }
    listener(request, response);
  });
  // Whoever speaks plain HTTP, or gives up, is a matter between the two of us.
  server.on("tlsClientError", (_, socket) => socket.destroy());
  return server;
}

function portProblem(error: NodeJS.ErrnoException, { host, port }: ListenOptions): Error {
  if (error.code === "EADDRINUSE") {
    const hint = "stop the program that has it, or choose another with --port or CLAW_GATEWAY_PORT";
    return new ClawError("GATEWAY_PORT", `Port ${port} on ${host} is taken: ${hint}.`, { cause: error });
  }
  return new ClawError("GATEWAY_PORT", `Can't listen on ${host}:${port}: ${error.message}`, { cause: error });
}
