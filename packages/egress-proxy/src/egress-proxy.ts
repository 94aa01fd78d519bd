import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { type CallOptions, type Clock, type Logger, silentLogger, systemClock } from "@claw/core";
import { createAccounts } from "./accounts.ts";
import { createAdmission } from "./admission.ts";
import { createBroker } from "./broker.ts";
import { type AskEgress, createConsent } from "./consent.ts";
import { type Dial, systemDial } from "./dial.ts";
import type { EgressAudit, EgressIdentity, EgressRequest } from "./egress.ts";
import { createForward } from "./forward.ts";
import { DEFAULT_LIMITS, type EgressLimits } from "./limits.ts";
import { createLinks } from "./links.ts";
import { compiledNetworks, type NetworkRules } from "./network.ts";
import { rawRefusal } from "./refusal.ts";
import { type Resolve, systemResolve } from "./resolve.ts";
import { createTunnels } from "./tunnels.ts";

export interface EgressProxyOptions {
  /** What an identity may reach, asked for every request. The same object is compiled once. */
  readonly network: (identity: EgressIdentity) => NetworkRules;
  readonly audit?: EgressAudit;
  /** Asked about what no rule speaks of. Default: it is refused. */
  readonly onRefused?: AskEgress;
  /** What a refusal says a person can do, in whole sentences. */
  readonly remedy?: (request: EgressRequest) => string;
  readonly limits?: EgressLimits;
  /** Default: the name servers of this machine. Whatever it finds is checked. */
  readonly resolve?: Resolve;
  readonly dial?: Dial;
  /** Certificates (PEM) of authorities that are trusted for bindings, beside the usual ones. */
  readonly ca?: readonly string[];
  readonly clock?: Clock;
  readonly log?: Logger;
}

export interface EgressProxy extends AsyncDisposable {
  /**
   * Serves the client at the other end. The proxy owns the connection from now on; it ends with `signal`. A socket must
   * be half-open at its end (`allowHalfOpen`), or an answer is cut off when its client has sent all.
   */
  accept(connection: Duplex, identity: EgressIdentity, options?: CallOptions): void;
}

/** An HTTP proxy that lets out what rules allow, and listens nowhere: connections are given to it. */
export function egressProxy(options: EgressProxyOptions): EgressProxy {
  const { clock = systemClock, log = silentLogger, audit, onRefused } = options;
  const { resolve = systemResolve, dial = systemDial, remedy = defaultRemedy, ca = [] } = options;
  const limits = { ...DEFAULT_LIMITS, ...options.limits };
  const consent = onRefused && createConsent({ ask: onRefused, timeoutMs: limits.consentTimeoutMs, clock, log });
  const admit = createAdmission({ audit, consent, remedy, resolve, dial, limits, clock, log });
  const networkOf = compiledNetworks(options.network);
  const links = createLinks({ accountOf: createAccounts(limits, clock), limits, clock });
  const serve = { admit, networkOf, limits, clock };
  const forward = createForward({ ...serve, broker: createBroker({ ...serve, ca, log }) });

  const server = createServer(
    {
      maxHeaderSize: MAX_HEADER_BYTES,
      insecureHTTPParser: false,
      requireHostHeader: true,
      keepAliveTimeout: limits.requestTimeoutMs,
    },
    (incoming: IncomingMessage, outgoing: ServerResponse) => {
      const link = links.of(incoming.socket);
      if (!links.queue(link, () => forward(link, incoming, outgoing))) link.connection.destroy();
    },
  );
  const openTunnel = createTunnels({ ...serve, serveHttp: (connection) => void server.emit("connection", connection) });
  server.on("connect", (incoming: IncomingMessage, connection: Duplex, head: Buffer) => {
    const link = links.of(connection);
    if (head.length > 0) connection.unshift(head);
    if (!links.queue(link, () => openTunnel(link, incoming))) connection.destroy();
  });
  server.on("clientError", (error: Error & { readonly code?: string }, connection: Duplex) => {
    const reason = `expected an HTTP request, and it can't be read (${error.code ?? "unknown"})`;
    const { waiting } = links.of(connection);
    // Behind an answer that is being written there is no place for another one.
    if (waiting > 0 || !connection.writable) connection.destroy();
    else connection.end(rawRefusal({ status: 400, rule: "http", reason }, "The request"));
  });

  return {
    accept(connection, identity, { signal } = {}) {
      if (links.open(connection, identity, signal)) server.emit("connection", connection);
    },
    async [Symbol.asyncDispose]() {
      await links.closeAll();
    },
  };
}

const MAX_HEADER_BYTES = 32_768;

function defaultRemedy({ host, port }: EgressRequest): string {
  return `A person who runs this proxy can allow it by adding "${host}:${port}" to its list of allowed hosts.`;
}
