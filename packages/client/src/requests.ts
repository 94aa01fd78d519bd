import type { ResponseFrame } from "@claw/protocol";
import type { ClientClock } from "./clock.ts";
import { GatewayError } from "./gateway-error.ts";

export interface RequestOptions {
  /** Stops waiting; it does not stop the gateway (see `chat.abort`). */
  readonly signal?: AbortSignal;
  /** Default 30,000; with `expectFinal` none. 0 is none. */
  readonly timeoutMs?: number;
  /** Waits for the last answer of a method that answers twice. */
  readonly expectFinal?: boolean;
}

const DEFAULT_TIMEOUT_MS = 30_000;

interface Pending {
  readonly method: string;
  readonly expectFinal: boolean;
  resolve(payload: unknown): void;
  reject(error: GatewayError): void;
}

/** The requests of a client that wait for an answer, over all its connections. */
export function createRequests(clock: ClientClock) {
  const pending = new Map<string, Pending>();
  let lastId = 0;

  function open(method: string, options: RequestOptions, send: (id: string) => void): Promise<unknown> {
    const { signal, expectFinal = false } = options;
    const timeoutMs = options.timeoutMs ?? (expectFinal ? 0 : DEFAULT_TIMEOUT_MS);
    if (signal?.aborted) return Promise.reject(aborted(method, signal));
    lastId += 1;
    const id = String(lastId);
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();

    const onAbort = () => signal && pending.get(id)?.reject(aborted(method, signal));
    const onTimeout = () =>
      pending.get(id)?.reject(new GatewayError("CLIENT_TIMEOUT", `${method} was not answered within ${timeoutMs} ms`));
    const cancelTimeout = timeoutMs > 0 ? clock.after(timeoutMs, onTimeout) : undefined;
    const settle = () => {
      pending.delete(id);
      cancelTimeout?.();
      signal?.removeEventListener("abort", onAbort);
    };

    signal?.addEventListener("abort", onAbort, { once: true });
    pending.set(id, {
      method,
      expectFinal,
      resolve(payload) {
        settle();
        resolve(payload);
      },
      reject(error) {
        settle();
        reject(error);
      },
    });
    try {
      send(id);
    } catch (error) {
      pending.get(id)?.reject(error as GatewayError);
    }
    return promise;
  }

  /** An answer nobody waits for is dropped: one given up, or the second to someone who wanted the first. */
  function answer(frame: ResponseFrame): void {
    const request = pending.get(frame.id);
    if (!request) return;
    if (!frame.ok) {
      const { code, message, ...rest } = frame.error;
      request.reject(new GatewayError(code, message, rest));
    } else if (!(request.expectFinal && isAccepted(frame.payload))) {
      request.resolve(frame.payload);
    }
  }

  function disconnected(reason: string): void {
    for (const request of [...pending.values()]) {
      request.reject(
        new GatewayError(
          "CLIENT_DISCONNECTED",
          `the connection ended before ${request.method} was answered (${reason}): it may have taken effect; ` +
            "with the same idempotencyKey it can safely be sent again",
          { retryable: true },
        ),
      );
    }
  }

  return { open, answer, disconnected };
}

function aborted(method: string, signal: AbortSignal): GatewayError {
  return new GatewayError("CLIENT_ABORTED", `waiting for ${method} was aborted`, { cause: signal.reason });
}

function isAccepted(payload: unknown): boolean {
  return typeof payload === "object" && payload !== null && "status" in payload && payload.status === "accepted";
}
