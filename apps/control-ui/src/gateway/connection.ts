import { type ClientOptions, type ClientState, createClient, type GatewayClient } from "@claw/client";
import type { EventName, EventPayloads, HelloOk } from "@claw/protocol";

export type ConnectionState = ClientState;

/** One gateway for as long as the page lives, over any number of clients. */
export interface Connection {
  readonly state: ConnectionState;
  /** The gateway's last greeting, kept while reconnecting. */
  readonly hello: HelloOk | undefined;
  subscribe(listener: () => void): () => void;
  readonly request: GatewayClient["request"];
  on<Name extends EventName>(name: Name, listener: (payload: EventPayloads[Name]) => void): () => void;
  /** Events were dropped on the way. */
  onGap(listener: () => void): () => void;
  /** Connects, with this token from now on; without one, as before and at once. */
  connect(token?: string): void;
}

export interface ConnectionOptions extends Pick<ClientOptions, "url" | "clientInfo" | "scopes" | "caps"> {
  readonly token?: string;
}

const EVENTS: readonly EventName[] = [
  ...(["chat", "agent", "sessions.changed", "health", "shutdown"] as const),
  ...(["exec.approval.requested", "exec.approval.resolved"] as const),
  ...(["question.requested", "question.resolved"] as const),
];

export function createConnection({ token: firstToken, ...options }: ConnectionOptions): Connection {
  const listeners = new EventTarget();
  let token = firstToken;
  let client: GatewayClient | undefined;
  let state: ConnectionState = { status: "connecting" };
  let hello: HelloOk | undefined;

  function emit(name: string, payload?: unknown): void {
    listeners.dispatchEvent(new CustomEvent(name, { detail: payload }));
  }

  function listen(name: string, listener: (payload: never) => void): () => void {
    const onEvent = (event: Event): void => listener((event as CustomEvent).detail as never);
    listeners.addEventListener(name, onEvent);
    return () => listeners.removeEventListener(name, onEvent);
  }

  return {
    get state() {
      return state;
    },
    get hello() {
      return hello;
    },
    subscribe: (listener) => listen("state", listener),
    request: (async (...call: Parameters<GatewayClient["request"]>) => {
      if (client === undefined) throw new Error("There is no connection yet.");
      return client.request(...call);
    }) as GatewayClient["request"],
    on: (name, listener) => listen(`event:${name}`, listener),
    onGap: (listener) => listen("gap", listener),
    connect(newToken = token) {
      token = newToken;
      const previous = client;
      const current = createClient({
        ...options,
        ...(token !== undefined && { token }),
        onState(next) {
          if (client !== undefined && client !== current) return;
          state = next;
          if (next.status === "connected") hello = next.hello;
          emit("state");
        },
        onGap: () => emit("gap"),
      });
      client = current;
      for (const name of EVENTS) current.on(name, (payload: unknown) => emit(`event:${name}`, payload));
      state = current.state;
      previous?.close();
      emit("state");
    },
  };
}
