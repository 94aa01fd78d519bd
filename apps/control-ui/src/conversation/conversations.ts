import type { Connection } from "../gateway/connection.ts";
import {
  type ConversationStore,
  type ConversationStoreOptions,
  createConversationStore,
} from "./conversation-store.ts";

export interface Conversations {
  /** The same store for the same session, as long as the page lives. */
  open(sessionKey: string): ConversationStore;
}

/** Reasons for which a history is another than before without any run. */
const REWRITTEN: ReadonlySet<string> = new Set(["rewind", "inject", "reset"]);

/** Hands every event to the session it is for, and tells all sessions when the connection comes and goes. */
export function createConversations(
  connection: Pick<Connection, "state" | "subscribe" | "request" | "on" | "onGap">,
  options: Omit<ConversationStoreOptions, "sessionKey" | "request">,
): Conversations {
  const stores = new Map<string, ConversationStore>();
  const { now } = options;
  let connected = connection.state.status === "connected";

  connection.on("chat", (event) => stores.get(event.sessionKey)?.dispatch({ type: "chat", event, atMs: now() }));
  connection.on("agent", (event) => stores.get(event.sessionKey)?.dispatch({ type: "agent", event, atMs: now() }));
  connection.on("sessions.changed", ({ sessionKey, reason }) => {
    if (REWRITTEN.has(reason)) stores.get(sessionKey)?.dispatch({ type: "missed" });
  });
  connection.onGap(() => {
    for (const store of stores.values()) store.dispatch({ type: "missed" });
  });
  connection.subscribe(() => {
    const isConnected = connection.state.status === "connected";
    if (isConnected === connected) return;
    connected = isConnected;
    for (const store of stores.values()) connected ? store.connected() : store.disconnected();
  });

  return {
    open(sessionKey) {
      const known = stores.get(sessionKey);
      if (known !== undefined) return known;
      const store = createConversationStore({ ...options, sessionKey, request: connection.request });
      stores.set(sessionKey, store);
      if (connected) store.connected();
      return store;
    },
  };
}
