import type { ClientOptions, ClientState, GatewayClient } from "@claw/client";
import type { HelloOk, Scope } from "@claw/protocol";
import { EXIT_CODES } from "./exit-codes.ts";
import { CommandError } from "./failure.ts";
import type { GatewayFlags } from "./gateway-flags.ts";
import { type Endpoint, locateGateway } from "./locate-gateway.ts";
import { version } from "./version.ts";

export interface ConnectOptions {
  /** What the command needs and no more. */
  readonly scopes: readonly Scope[];
  /** Keeps the connection: a lost one is made again. Default false. */
  readonly reconnect?: boolean;
}

/** A connection to the gateway; disposing it closes. */
export interface Link extends Disposable {
  readonly client: GatewayClient;
  readonly hello: HelloOk;
  readonly endpoint: Endpoint;
  /** Every later change of the connection; returns the way to stop. */
  onState(listener: (state: ClientState) => void): () => void;
}

/** Finds the gateway, connects, and rejects with an error that says what to do when it can't. */
export async function connect(flags: GatewayFlags, options: ConnectOptions): Promise<Link> {
  const [endpoint, { createClient }] = await Promise.all([locateGateway(flags), import("@claw/client")]);
  const pinned = await pinnedSocket(endpoint);
  const { scopes, reconnect = false } = options;
  const listeners = new Set<(state: ClientState) => void>();
  const lost = Promise.withResolvers<never>();
  listeners.add((state) => {
    if (state.status === "reconnecting") lost.reject(unreachable(endpoint, state.reason));
  });
  const client = createClient({
    url: endpoint.url,
    scopes,
    reconnect,
    clientInfo: { id: "cli", mode: "cli", version, platform: process.platform },
    onState(state) {
      for (const listener of [...listeners]) listener(state);
    },
    ...pinned,
    ...(endpoint.token === undefined ? {} : { token: endpoint.token }),
  });
  try {
    const hello = await Promise.race([client.ready(), lost.promise]);
    listeners.clear();
    return {
      client,
      hello,
      endpoint,
      onState(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
      [Symbol.dispose]: () => client.close(),
    };
  } catch (error) {
    client.close();
    if (error instanceof CommandError || !(error instanceof Error)) throw error;
    if ("code" in error && error.code === "CLIENT_DISCONNECTED") throw unreachable(endpoint, error.message);
    throw refusedWithoutToken(error, endpoint);
  }
}

async function pinnedSocket({ url, tlsFingerprint }: Endpoint): Promise<Pick<ClientOptions, "WebSocket">> {
  if (tlsFingerprint === undefined || !url.startsWith("wss:")) return {};
  return { WebSocket: (await import("@claw/client/node")).pinnedWebSocket(tlsFingerprint) };
}

const SELF_SIGNED =
  " If it made its certificate itself, pass --tls-fingerprint with the SHA-256 that it printed at start.";

function unreachable({ url, local }: Endpoint, reason: string): CommandError {
  const how = local
    ? 'Start the gateway with "claw gateway run", or name another one with --url.'
    : `Check the address, and that the gateway listens on it.${url.startsWith("wss:") ? SELF_SIGNED : ""}`;
  return new CommandError(EXIT_CODES.unreachable, `No gateway at ${url}: ${reason}.\n${how}`);
}

/** The commonest refusal has the simplest cure. */
function refusedWithoutToken(error: Error, { token, configPath }: Endpoint): Error {
  if (token !== undefined) return error;
  const where = configPath === undefined ? "" : `, nor as gateway.auth.token in ${configPath}`;
  const message = `The gateway wants a token, and none was found in --token or CLAW_GATEWAY_TOKEN${where}.`;
  return "details" in error ? new CommandError(EXIT_CODES.refused, message, { cause: error }) : error;
}
