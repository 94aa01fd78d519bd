import { type ClientOptions, type ClientState, createClient, type GatewayClient } from "@claw/client";
import { type EventName, type EventPayloads, type HelloOk, isScope } from "@claw/protocol";
import type { SignedIn } from "./kept-device.ts";

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
  /** Connects, with this credential from now on; without one, as before and at once. */
  connect(credential?: Credential): void;
}

/** What proves who is in front of the page. */
export type Credential = Pick<ClientOptions, "token" | "user" | "password" | "device" | "scopes">;

export interface ConnectionOptions extends Pick<ClientOptions, "url" | "clientInfo" | "scopes" | "caps"> {
  readonly credential: Credential;
  /** A password has done its work: the device has a token of its own. */
  readonly onSignedIn?: (signedIn: SignedIn) => void;
}

const EVENTS: readonly EventName[] = [
  ...(["chat", "agent", "sessions.changed", "health", "shutdown"] as const),
  ...(["exec.approval.requested", "exec.approval.resolved"] as const),
  ...(["question.requested", "question.resolved"] as const),
  ...(["device.pair.requested", "device.pair.resolved"] as const),
];

export function createConnection({ credential: first, onSignedIn, ...options }: ConnectionOptions): Connection {
  const listeners = new EventTarget();
  let credential = first;
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

  /** The page keeps no password that it can do without. */
  function dropPassword({ auth: { deviceToken, userId, scopes } }: HelloOk): void {
    const { user = userId, password, device } = credential;
    if (password === undefined || device === undefined || deviceToken === undefined || user === undefined) return;
    const granted = scopes.filter(isScope);
    credential = { device, scopes: granted };
    onSignedIn?.({ user, scopes: granted });
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
    connect(next = credential) {
      credential = next;
      const previous = client;
      const current = createClient({
        ...options,
        ...credential,
        onState(next) {
          if (client !== undefined && client !== current) return;
          state = next;
          if (next.status === "connected") {
            hello = next.hello;
            dropPassword(hello);
          }
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
