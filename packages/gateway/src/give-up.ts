import type { Clock } from "@claw/core";

/** A signal that fires `delayMs` after `signal`: what was asked to stop and has not by then is left to itself. */
export function later(signal: AbortSignal, delayMs: number, clock: Clock): AbortSignal {
  const controller = new AbortController();
  const wait = (): void => void clock.after(delayMs, () => controller.abort());
  if (signal.aborted) wait();
  else signal.addEventListener("abort", wait, { once: true });
  return controller.signal;
}

/** What `work` comes to, or `undefined` when `givenUp` fires first; `work` then goes on unheard. */
export function unlessGivenUp<T>(work: PromiseLike<T>, givenUp: AbortSignal): Promise<T | undefined> {
  const { promise, resolve, reject } = Promise.withResolvers<T | undefined>();
  const giveUp = (): void => resolve(undefined);
  if (givenUp.aborted) giveUp();
  else givenUp.addEventListener("abort", giveUp, { once: true });
  work.then(resolve, reject);
  return promise.finally(() => givenUp.removeEventListener("abort", giveUp));
}

/** The items of `source` until its end, or until `givenUp` fires. */
export async function* itemsUntil<T>(source: AsyncIterable<T>, givenUp: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  let done: boolean | undefined = false;
  try {
    while (true) {
      const next = await unlessGivenUp(iterator.next(), givenUp);
      done = next?.done;
      if (next === undefined || next.done === true) return;
      yield next.value;
    }
  } finally {
    // Not awaited: what is stuck can't end its iteration either.
    if (done !== true) iterator.return?.().catch(() => {});
  }
}
