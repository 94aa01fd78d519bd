import type { Clock, Model, ModelEvent, ModelRequest } from "@claw/core";
import { attempt, type Outcome, type Target } from "./attempt.ts";
import { fallbackCodes } from "./failure.ts";

const MAX_ATTEMPTS = 5;
/** A further attempt starts at most this long after the first; a longer wait that a server asks for is not waited. */
const RETRY_WINDOW_MS = 90_000;

/** A model that asks each target in turn until one answers, repeating what failed only for the moment. */
export function chainModel(
  targets: readonly [Target, ...Target[]],
  clock: Clock,
  contextWindow: number | undefined,
): Model {
  const { ref } = targets[0];
  return {
    ref,
    ...(contextWindow === undefined ? {} : { contextWindow }),
    async *stream(request) {
      for (const [index, target] of targets.entries()) {
        const outcome = yield* attempts(target, request, clock);
        const answered = target.ref === ref ? {} : { model: target.ref };
        if (outcome.stop !== "failed") {
          yield { type: "model-end", ...outcome, ...answered };
          return;
        }
        const { error } = outcome.failure;
        const next = targets[index + 1];
        if (next === undefined || outcome.streamed || !fallbackCodes.has(error.code)) {
          yield { type: "model-end", stop: "error", error, ...answered };
          return;
        }
        yield { type: "retry", attempt: 1, delayMs: 0, reason: `${error.message} Asking ${next.ref} instead.` };
      }
    },
  };
}

async function* attempts(target: Target, request: ModelRequest, clock: Clock): AsyncGenerator<ModelEvent, Outcome> {
  const startedMs = clock.monotonicMs();
  for (let number = 1; ; number += 1) {
    const outcome = yield* attempt(target, request, clock);
    if (outcome.stop !== "failed" || outcome.streamed || number === MAX_ATTEMPTS) return outcome;
    const { error, retriable, retryAfterMs = 0 } = outcome.failure;
    const delayMs = Math.ceil(Math.max(retryAfterMs, backoffMs(number)));
    if (!retriable || clock.monotonicMs() - startedMs + delayMs > RETRY_WINDOW_MS) return outcome;
    yield { type: "retry", attempt: number + 1, delayMs, reason: error.message };
    await pause(clock, delayMs, request.signal);
  }
}

/** Doubles from half a second; the jitter keeps many waiting runs from coming back together. */
function backoffMs(number: number): number {
  return 500 * 2 ** (number - 1) * (1 + Math.random() / 4);
}

async function pause(clock: Clock, delayMs: number, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const onAbort = () => resolve();
  const cancel = clock.after(delayMs, resolve);
  signal.addEventListener("abort", onAbort, { once: true });
  await promise;
  cancel();
  signal.removeEventListener("abort", onAbort);
}
