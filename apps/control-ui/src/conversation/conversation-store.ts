import type { GatewayClient } from "@claw/client";
import { type Conversation, emptyConversation } from "./conversation.ts";
import { createDelivery } from "./delivery.ts";
import type { OutboxStorage } from "./outbox.ts";
import { isPassing, messageOf } from "./passing.ts";
import { type ConversationAction, reduceConversation } from "./reducer.ts";

export interface ConversationStoreOptions {
  readonly sessionKey: string;
  readonly request: GatewayClient["request"];
  readonly outbox: OutboxStorage;
  /** Unix milliseconds. */
  readonly now: () => number;
  readonly newId: () => string;
  /** Runs `callback` before the next picture. */
  readonly beforePaint: (callback: () => void) => void;
  /** Between reads of history that did not bring everything. Default 500. */
  readonly retryMs?: number;
}

export interface ConversationStore {
  /** The same object until something changed. */
  read(): Conversation;
  subscribe(listener: () => void): () => void;
  dispatch(action: ConversationAction): void;
  /** There is a connection (again): read history and send what waits. */
  connected(): void;
  /** There is none, so nothing is asked or sent until {@link connected}. */
  disconnected(): void;
  send(text: string): void;
  retry(runId: string): void;
  discard(runId: string): void;
  abort(): Promise<void>;
  loadOlder(): Promise<void>;
}

const PAGE = 200;

/** One session: keeps it in step with the gateway over lost events and lost connections. */
export function createConversationStore(options: ConversationStoreOptions): ConversationStore {
  const { sessionKey, request, outbox, now, newId, beforePaint, retryMs = 500 } = options;
  const listeners = new Set<() => void>();
  let conversation = emptyConversation;
  for (const { runId, text, sentAtMs } of outbox.read(sessionKey))
    conversation = reduceConversation(conversation, { type: "sent", runId, text, atMs: sentAtMs });
  let shown = conversation;
  let painting = false;
  let online = false;
  let reading = false;

  function apply(action: ConversationAction): void {
    const before = conversation;
    conversation = reduceConversation(before, action);
    if (conversation.pending !== before.pending) outbox.write(sessionKey, conversation.pending);
    if (painting || conversation === before) return;
    painting = true;
    beforePaint(() => {
      painting = false;
      shown = conversation;
      for (const listener of listeners) listener();
    });
  }

  function dispatch(action: ConversationAction): void {
    apply(action);
    if (conversation.stale && !reading) void readHistory();
  }

  async function readHistory(): Promise<void> {
    reading = true;
    while (online && conversation.stale) {
      apply({ type: "history-asked" });
      await request("chat.history", { sessionKey, limit: PAGE }).then(
        (history) => apply({ type: "history", history, older: false, atMs: now() }),
        (error) => apply(isPassing(error) ? { type: "missed" } : { type: "history-failed", reason: messageOf(error) }),
      );
      if (conversation.stale) await new Promise((resolve) => setTimeout(resolve, retryMs));
    }
    reading = false;
  }

  const delivery = createDelivery({ sessionKey, request, pending: () => conversation.pending, dispatch });

  return {
    read: () => shown,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    dispatch,
    connected() {
      online = true;
      dispatch({ type: "reconnected" });
      delivery.resume();
    },
    disconnected() {
      online = false;
      delivery.pause();
    },
    send(text) {
      dispatch({ type: "sent", runId: newId(), text, atMs: now() });
      delivery.wake();
    },
    retry(runId) {
      dispatch({ type: "retried", runId });
      delivery.wake();
    },
    discard: (runId) => dispatch({ type: "discarded", runId }),
    async abort() {
      await request("chat.abort", { sessionKey });
    },
    async loadOlder() {
      const history = await request("chat.history", { sessionKey, limit: PAGE, offset: conversation.messages.size });
      dispatch({ type: "history", history, older: true, atMs: now() });
    },
  };
}
