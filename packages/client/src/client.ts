import {
  CLOSE_CODES,
  type ClientInfo,
  type ConnectParams,
  type EventFrame,
  type EventName,
  type FinalResult,
  type HelloOk,
  type MethodName,
  type Params,
  PROTOCOL_VERSION,
  type Result,
  type Scope,
} from "@claw/protocol";
import type { ConnectionEnd } from "./admission.ts";
import { reconnectDelayMs } from "./backoff.ts";
import { type ClientClock, realClock } from "./clock.ts";
import { type Connection, openConnection, type WebSocketConstructor } from "./connection.ts";
import { createCredentials } from "./credentials.ts";
import type { DeviceStorage } from "./device.ts";
import { GatewayError } from "./gateway-error.ts";
import { callSafely, createListeners, type EventListener } from "./listeners.ts";
import { createRequests, type RequestOptions } from "./requests.ts";

export type ClientState =
  | { readonly status: "connecting" }
  | { readonly status: "connected"; readonly hello: HelloOk }
  /** `attempt` counts from 1 and begins again after a connection that held. */
  | {
      readonly status: "reconnecting";
      readonly attempt: number;
      readonly nextDelayMs: number;
      readonly reason: string;
      /** The gateway refused, and may let this client in later: `PAIRING_REQUIRED` until somebody approves it. */
      readonly error?: GatewayError;
    }
  /** For good: make a new client to try again. `error` when the gateway refused to connect. */
  | { readonly status: "closed"; readonly code: number; readonly reason: string; readonly error?: GatewayError };

export interface ClientOptions {
  /** `ws:` or `wss:`, without credentials or a query. */
  readonly url: string;
  /** Sent inside the `connect` frame, never in the URL. */
  readonly token?: string;
  /** Whose the token or password is, where each user has their own. */
  readonly user?: string;
  /** As the token is; forgotten once a {@link ClientOptions.device} has a token of its own. */
  readonly password?: string;
  /** Makes this client a device: it proves itself with a key of its own, and needs no token once it is paired. */
  readonly device?: DeviceStorage;
  /** Default: `gateway-client`, mode `backend`. */
  readonly clientInfo?: Partial<ClientInfo>;
  /** Default: read and write. */
  readonly scopes?: readonly Scope[];
  /** Default: `tool-events`, without which there is no tool stream. */
  readonly caps?: readonly string[];
  /** False makes the first lost or failed connection the end. Default true. */
  readonly reconnect?: boolean;
  /** Default: the platform's. */
  readonly WebSocket?: WebSocketConstructor;
  readonly clock?: ClientClock;
  readonly onState?: (state: ClientState) => void;
  /** Events were dropped on the way, as they also are while reconnecting: ask again for what is on display. */
  readonly onGap?: (gap: { readonly expected: number; readonly received: number }) => void;
}

export interface GatewayClient {
  readonly state: ClientState;
  /** Resolves as soon as there is a connection; rejects once there never will be. */
  ready(): Promise<HelloOk>;
  /** Rejects with a `GatewayError`; at once while there is no connection. */
  request<Method extends MethodName>(
    method: Method,
    params: Params<Method>,
    options: RequestOptions & { readonly expectFinal: true },
  ): Promise<FinalResult<Method>>;
  request<Method extends MethodName>(
    method: Method,
    params: Params<Method>,
    options?: RequestOptions,
  ): Promise<Result<Method>>;
  /** Holds over reconnections; returns the way to stop. */
  on<Name extends EventName>(event: Name, listener: EventListener<Name>): () => void;
  /** Idempotent. Open requests reject. */
  close(): void;
}

/** A connection that held this long was a good one: the next attempts begin with short delays again. */
const HELD_MS = 10_000;
/** As long as a gateway locks failed credentials out. */
const MAX_RETRY_AFTER_MS = 300_000;

/** Connects at once and keeps a connection to one gateway until `close` or a refusal. */
export function createClient(options: ClientOptions): GatewayClient {
  const { clock = realClock, onState, onGap } = options;
  const url = checkedUrl(options.url);
  const credentials = createCredentials(connectParamsOf(options), options, options.device);
  const WebSocket = options.WebSocket ?? globalThis.WebSocket;
  const requests = createRequests(clock);
  const listeners = createListeners();
  const waiting = new Set<PromiseWithResolvers<HelloOk>>();

  let state: ClientState = { status: "connecting" };
  let connection: Connection;
  let cancelRetry: (() => void) | undefined;
  let attempt = 0;
  let connectedAtMs: number | undefined;
  let lastSeq: number | undefined;

  function setState(next: ClientState): void {
    state = next;
    callSafely(onState, next);
  }

  function connect(): void {
    lastSeq = undefined;
    connectedAtMs = undefined;
    connection = openConnection({
      url,
      answer: credentials.answer,
      WebSocket,
      clock,
      onHello,
      onEvent,
      onResponse: requests.answer,
      onEnd,
    });
  }

  function onHello(hello: HelloOk): void {
    connectedAtMs = clock.monotonicMs();
    credentials.admitted(hello);
    setState({ status: "connected", hello });
    for (const waiter of waiting) waiter.resolve(hello);
    waiting.clear();
  }

  function onEvent({ event, payload, seq }: EventFrame): void {
    if (seq !== undefined) {
      const expected = (lastSeq ?? seq - 1) + 1;
      lastSeq = seq;
      if (seq > expected) callSafely(onGap, { expected, received: seq });
    }
    listeners.emit(event, payload);
  }

  function onEnd(end: ConnectionEnd): void {
    const { code, reason, retryAfterMs, error } = end;
    const next = credentials.next(end);
    if (next === "now") {
      requests.disconnected(reason);
      setState({ status: "connecting" });
      connect();
      return;
    }
    if (next === "never" || options.reconnect === false) {
      finish({ code, reason, ...(error && { error }) });
      return;
    }
    if (connectedAtMs !== undefined && clock.monotonicMs() - connectedAtMs >= HELD_MS) attempt = 0;
    attempt += 1;
    const nextDelayMs = Math.max(reconnectDelayMs(attempt), Math.min(retryAfterMs ?? 0, MAX_RETRY_AFTER_MS));
    cancelRetry = clock.after(nextDelayMs, () => {
      setState({ status: "connecting" });
      connect();
    });
    setState({ status: "reconnecting", attempt, nextDelayMs, reason, ...(error && { error }) });
    requests.disconnected(reason);
  }

  function finish(end: { readonly code: number; readonly reason: string; readonly error?: GatewayError }): void {
    cancelRetry?.();
    setState({ status: "closed", ...end });
    requests.disconnected(end.reason);
    for (const waiter of waiting) waiter.reject(closedError(end));
    waiting.clear();
  }

  async function request(method: MethodName, params: unknown, requestOptions: RequestOptions = {}): Promise<never> {
    if (state.status !== "connected") {
      throw new GatewayError("CLIENT_DISCONNECTED", `${method} was not sent: the client is ${state.status}`, {
        retryable: state.status !== "closed",
      });
    }
    const payload = await requests.open(method, requestOptions, (id) =>
      connection.send({ type: "req", id, method, params }),
    );
    return payload as never;
  }

  connect();

  return {
    get state() {
      return state;
    },
    async ready() {
      if (state.status === "connected") return state.hello;
      if (state.status === "closed") throw closedError(state);
      const waiter = Promise.withResolvers<HelloOk>();
      waiting.add(waiter);
      return waiter.promise;
    },
    request,
    on: listeners.on,
    close() {
      if (state.status === "closed") return;
      connection.close();
      finish({ code: CLOSE_CODES.normal, reason: "closed by the client" });
    },
  };
}

function connectParamsOf({ clientInfo, scopes, caps }: ClientOptions): ConnectParams {
  return {
    minProtocol: PROTOCOL_VERSION,
    maxProtocol: PROTOCOL_VERSION,
    client: {
      id: "gateway-client",
      mode: "backend",
      version: "0.1.0",
      platform: globalThis.navigator?.platform || "unknown",
      ...clientInfo,
    },
    role: "operator",
    scopes: [...(scopes ?? ["operator.read", "operator.write"])],
    caps: [...(caps ?? ["tool-events"])],
  };
}

/** A credential in a URL ends up in logs and histories, so there is no way to put one there. */
function checkedUrl(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url && /^wss?:$/.test(url.protocol) && !url.username && !url.password && !url.search && !url.hash)
    return url.href;
  throw new GatewayError(
    "CLIENT_INVALID_URL",
    "expected a ws: or wss: URL without credentials, query or fragment; pass the token as an option",
  );
}

function closedError({ reason, error }: { readonly reason: string; readonly error?: GatewayError }): GatewayError {
  return error ?? new GatewayError("CLIENT_DISCONNECTED", reason);
}
