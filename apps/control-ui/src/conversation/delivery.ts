import { type GatewayClient, GatewayError } from "@claw/client";
import type { PendingMessage } from "./conversation.ts";
import { isPassing, messageOf } from "./passing.ts";
import type { ConversationAction } from "./reducer.ts";

export interface DeliveryOptions {
  readonly sessionKey: string;
  readonly request: GatewayClient["request"];
  readonly pending: () => readonly PendingMessage[];
  readonly dispatch: (action: ConversationAction) => void;
}

export interface Delivery {
  /** There may be something to send. */
  wake(): void;
  resume(): void;
  pause(): void;
}

const RETRY_MS = 2_000;

/**
 * Sends what waits, in order and one at a time. Whatever happens to a request, its message is sent again under the same
 * key, which the gateway takes for the same message.
 */
export function createDelivery({ sessionKey, request, pending, dispatch }: DeliveryOptions): Delivery {
  let online = false;
  let sending = false;

  const next = (): PendingMessage | undefined =>
    online ? pending().find((message) => message.state === "waiting") : undefined;

  async function run(): Promise<void> {
    sending = true;
    for (let message = next(); message !== undefined; message = next()) await deliver(message);
    sending = false;
  }

  async function deliver({ runId, text }: PendingMessage): Promise<void> {
    try {
      const { status } = await request("chat.send", { sessionKey, message: text, idempotencyKey: runId });
      dispatch({ type: "accepted", runId, over: status === "ok" || status === "error" });
    } catch (error) {
      if (!isPassing(error)) return dispatch({ type: "refused", runId, reason: messageOf(error) });
      const retryAfterMs = error instanceof GatewayError ? error.retryAfterMs : undefined;
      await new Promise((resolve) => setTimeout(resolve, online ? (retryAfterMs ?? RETRY_MS) : 0));
    }
  }

  function wake(): void {
    if (online && !sending) void run();
  }

  return {
    wake,
    resume() {
      online = true;
      wake();
    },
    pause() {
      online = false;
    },
  };
}
