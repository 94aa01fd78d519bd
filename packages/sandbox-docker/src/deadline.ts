import { sandboxError } from "./errors.ts";

export interface Deadline {
  /** What is awaited, for the message when it does not come. */
  readonly what: string;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Settles no later than the deadline, whatever the call does. The call gets a signal to give up by, but the wait does
 * not depend on its obeying.
 */
export async function withDeadline<T>(
  { what, timeoutMs, signal }: Deadline,
  call: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (signal?.aborted) throw stopped(what, signal);
  const controller = new AbortController();
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  const giveUp = (reason: Error) => {
    reject(reason);
    controller.abort(reason);
  };
  const timer = setTimeout(() => giveUp(new Error(`${what}: no answer within ${timeoutMs} ms`)), timeoutMs);
  const onAbort = () => giveUp(stopped(what, signal));
  signal?.addEventListener("abort", onAbort, { once: true });
  try {
    return await Promise.race([call(controller.signal), givenUp]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", onAbort);
  }
}

function stopped(what: string, signal: AbortSignal | undefined): Error {
  return sandboxError("SANDBOX_ABORTED", `${what}: stopped by the caller`, signal?.reason);
}
