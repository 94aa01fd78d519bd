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
  const { reconnect = false } = options;
  const credential = await credentialFor(endpoint, options.scopes);
  const listeners = new Set<(state: ClientState) => void>();
  const lost = Promise.withResolvers<never>();
  listeners.add((state) => {
    if (state.status === "reconnecting") lost.reject(state.error ?? unreachable(endpoint, state.reason));
  });
  const client = createClient({
    ...(await clientOptions(endpoint)),
    ...credential,
    reconnect,
    onState(state) {
      for (const listener of [...listeners]) listener(state);
    },
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
    throw credential.device === undefined ? whyRefused(error, endpoint) : whyShutOut(error, endpoint);
  }
}

/** How any client of this command line reaches the gateway. */
export async function clientOptions(
  endpoint: Endpoint,
): Promise<Pick<ClientOptions, "url" | "clientInfo" | "WebSocket">> {
  const clientInfo = { id: "cli", mode: "cli", version, platform: process.platform } as const;
  return { url: endpoint.url, clientInfo, ...(await pinnedSocket(endpoint)) };
}

/** What was given for this call, else the login at this gateway, else the token that this machine knows. */
async function credentialFor(
  endpoint: Endpoint,
  scopes: readonly Scope[],
): Promise<Pick<ClientOptions, "token" | "device" | "scopes">> {
  const { stateDir, url, token, given } = endpoint;
  const shared = { scopes, ...(token === undefined ? {} : { token }) };
  if (given) return shared;
  const { deviceOf, loginPath, readLogin, scopesWithin } = await import("./login/login-file.ts");
  const path = loginPath(stateDir, url);
  const login = await readLogin(path, url);
  if (login === undefined) return shared;
  // Taken away is not made up for by the token that lies beside it.
  if (login.device.token === undefined) throw shutOut(endpoint);
  return { device: deviceOf(path, login), scopes: scopesWithin(login, scopes) };
}

const SHUT_OUT: ReadonlySet<unknown> = new Set(["AUTH_DEVICE_TOKEN_MISMATCH", "AUTH_UNAUTHORIZED", "PAIRING_REQUIRED"]);

function whyShutOut(error: unknown, endpoint: Endpoint): unknown {
  const details = error instanceof Error && "details" in error ? error.details : undefined;
  const code = typeof details === "object" && details !== null && "code" in details ? details.code : undefined;
  return SHUT_OUT.has(code) ? shutOut(endpoint, error) : whyRefused(error, endpoint);
}

function shutOut({ url }: Endpoint, cause?: unknown): CommandError {
  const message = `${url} does not know the login of this command line any more. "claw login" makes a new one, "claw logout" forgets it.`;
  return new CommandError(EXIT_CODES.refused, message, { cause });
}

/** The error of a connection that did not come about, with what to do. */
export function whyRefused(error: unknown, endpoint: Endpoint): unknown {
  if (error instanceof CommandError || !(error instanceof Error)) return error;
  if ("code" in error && error.code === "CLIENT_DISCONNECTED") return unreachable(endpoint, error.message);
  return refusedWithoutToken(error, endpoint);
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
