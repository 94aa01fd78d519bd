import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { ClawError } from "@claw/core";
import { getRequestListener } from "@hono/node-server";
import type { Gateway, RequestSource } from "../options.ts";
import { acceptUpgrades } from "./websocket.ts";

export interface ListenOptions {
  readonly host: string;
  /** 0 for any free one. */
  readonly port: number;
  /** What answers HTTP. Default: the gateway alone. */
  readonly fetch?: (request: Request, from: RequestSource) => Response | Promise<Response>;
}

export interface Listening {
  readonly host: string;
  readonly port: number;
  readonly server: Server;
  close(): Promise<void>;
}

/** Serves a gateway's HTTP and WebSocket on one port. Rejects with `GATEWAY_PORT` when the port can't be had. */
export async function listen(gateway: Gateway, options: ListenOptions): Promise<Listening> {
  const { host, port, fetch = gateway.fetch } = options;
  const server = createServer(
    getRequestListener((request, { incoming }) => fetch(request, { remoteAddress: incoming.socket.remoteAddress }), {
      overrideGlobalObjects: false,
    }),
  );
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
    close() {
      terminateSockets();
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function portProblem(error: NodeJS.ErrnoException, { host, port }: ListenOptions): Error {
  if (error.code === "EADDRINUSE") {
    const hint = "stop the program that has it, or choose another with --port or CLAW_GATEWAY_PORT";
    return new ClawError("GATEWAY_PORT", `Port ${port} on ${host} is taken: ${hint}.`, { cause: error });
  }
  return new ClawError("GATEWAY_PORT", `Can't listen on ${host}:${port}: ${error.message}`, { cause: error });
}
