import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { ServeOptions } from "./answer.ts";

import type { Link } from "./links.ts";
import { matchOf } from "./network.ts";
import { type Refusal, rawRefusal } from "./refusal.ts";
import { targetText } from "./rules.ts";
import { type Destination, tunnelDestination } from "./target.ts";
import { ESTABLISHED, runTunnel } from "./tunnel.ts";

export interface TunnelsOptions extends ServeOptions {
  /** Takes a connection on as one that speaks HTTP to the proxy. */
  readonly serveHttp: (connection: Duplex) => void;
}

const HTTP_PORT = 80;
const HTTPS_PORT = 443;

/**
 * Serves CONNECT. What a tunnel to port 80 carries is served as plain HTTP, request by request; one to port 443 carries
 * TLS for its host; other ports carry what they want.
 */
export function createTunnels({ admit, networkOf, limits, clock, serveHttp }: TunnelsOptions) {
  return async (link: Link, incoming: IncomingMessage): Promise<void> => {
    const { connection, identity, account, signal } = link;
    const destination = link.tunnel === undefined ? tunnelDestination(incoming.url ?? "") : undefined;
    if (destination === undefined) {
      return refuse(connection, { status: 400, rule: "http", reason: "expected CONNECT host:port" }, "The request");
    }
    const { host, port } = destination;
    if (port === HTTP_PORT) return plain(link, destination);

    const request = { identity, via: "tunnel", host: host.text, port } as const;
    const network = networkOf(identity);
    const match = matchOf(network, { host, port });
    const passage = await whileWatched(connection, admit({ request, host, match, ask: network.ask, account, signal }));
    if ("refusal" in passage) return refuse(connection, passage.refusal, targetText(destination));
    await runTunnel(connection, passage, { host, tls: port === HTTPS_PORT, limits, clock });
  };

  function plain(link: Link, destination: Destination): void {
    link.tunnel = destination;
    link.connection.write(ESTABLISHED);
    serveHttp(link.connection);
  }
}

function refuse(connection: Duplex, refusal: Refusal, target: string): void {
  connection.end(rawRefusal(refusal, target), () => connection.destroy());
}

/** While nothing is read of a client, that it left would not be seen. */
async function whileWatched<T>(connection: Duplex, wait: Promise<T>): Promise<T> {
  const look = (): void => void connection.read(0);
  const leave = (): void => void connection.destroy();
  connection.on("readable", look).once("end", leave);
  return wait.finally(() => connection.off("readable", look).off("end", leave));
}
