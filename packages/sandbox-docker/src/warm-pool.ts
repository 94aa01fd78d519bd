import type { Logger } from "@claw/core";
import { reasonOf } from "./errors.ts";

export interface WarmPool<T> extends AsyncDisposable {
  /**
   * One that was made ahead for this shape and is alive, or else a new one; and sees to it that the next call finds one.
   * Whoever takes it ends it.
   */
  take(shape: string, create: Create<T>, signal?: AbortSignal): Promise<T>;
}

/** Without a signal it is made ahead, for nobody in particular. */
type Create<T> = (signal?: AbortSignal) => Promise<T>;

export interface WarmPoolOptions<T> {
  /** Kept ready of each shape that was asked for. 0 keeps none. */
  readonly size: number;
  /** Shapes that something is kept ready of; those asked for last come first. */
  readonly maxShapes: number;
  /** How long a shape is kept ready for after it was last asked for. */
  readonly idleMs: number;
  readonly isAlive: (one: T) => Promise<boolean>;
  /** Settles when it ends. */
  readonly ended: (one: T) => Promise<unknown>;
  readonly end: (one: T) => Promise<void>;
  readonly log: Logger;
}

interface Shelf<T> {
  readonly create: Create<T>;
  readonly ready: Set<T>;
  readonly making: Set<Promise<void>>;
  /** In a row, of what could not be made or died on the shelf. */
  failures: number;
  idle: NodeJS.Timeout | undefined;
  retry: NodeJS.Timeout | undefined;
  cleared: boolean;
}

const RETRY_MS = { first: 1_000, longest: 60_000 };
const ALERT_AFTER = 3;

/** Keeps things that take a while to make ready ahead of their use. */
export function warmPool<T>(options: WarmPoolOptions<T>): WarmPool<T> {
  const { size, maxShapes, idleMs, isAlive, ended, end, log } = options;
  const shelves = new Map<string, Shelf<T>>();
  let closed = false;

  const discard = (one: T): Promise<void> =>
    end(one).catch((error: unknown) =>
      log.warn("a sandbox made ahead could not be removed", { reason: reasonOf(error) }),
    );

  function fill(shelf: Shelf<T>): void {
    while (!shelf.cleared && shelf.retry === undefined && shelf.ready.size + shelf.making.size < size) {
      const making: Promise<void> = make(shelf)
        .catch((error: unknown) => failed(shelf, reasonOf(error)))
        .finally(() => shelf.making.delete(making));
      shelf.making.add(making);
    }
  }

  async function make(shelf: Shelf<T>): Promise<void> {
    const one = await shelf.create();
    if (shelf.cleared) return discard(one);
    shelf.ready.add(one);
    void ended(one).then(async () => {
      if (!shelf.ready.delete(one)) return;
      await discard(one);
      failed(shelf, "it ended while it waited");
    });
  }

  /** Tries again later, and each time much later: an engine in trouble is not helped by more of the same. */
  function failed(shelf: Shelf<T>, reason: string): void {
    shelf.failures++;
    const say = shelf.failures === ALERT_AFTER ? log.warn : log.debug;
    say.call(log, "sandboxes can't be kept ready ahead", { reason, failures: shelf.failures });
    if (shelf.cleared) return;
    clearTimeout(shelf.retry);
    const delayMs = Math.min(RETRY_MS.first * 2 ** (shelf.failures - 1), RETRY_MS.longest);
    shelf.retry = setTimeout(() => {
      shelf.retry = undefined;
      fill(shelf);
    }, delayMs).unref();
  }

  async function clear(shape: string, shelf: Shelf<T>): Promise<void> {
    shelf.cleared = true;
    clearTimeout(shelf.idle);
    clearTimeout(shelf.retry);
    if (shelves.get(shape) === shelf) shelves.delete(shape);
    const left = [...shelf.ready];
    shelf.ready.clear();
    await Promise.all([...left.map(discard), ...shelf.making]);
  }

  function keepReady(shape: string, create: Create<T>): void {
    if (size === 0 || closed) return;
    const fresh = { ready: new Set<T>(), making: new Set<Promise<void>>(), failures: 0, idle: undefined };
    const shelf = shelves.get(shape) ?? { ...fresh, create, retry: undefined, cleared: false };
    // The order of a map is that of its insertions.
    shelves.delete(shape);
    shelves.set(shape, shelf);
    clearTimeout(shelf.idle);
    shelf.idle = setTimeout(() => void clear(shape, shelf), idleMs).unref();
    const [oldest] = shelves;
    if (oldest !== undefined && shelves.size > maxShapes) void clear(...oldest);
    fill(shelf);
  }

  async function taken(shape: string): Promise<T | undefined> {
    const shelf = shelves.get(shape);
    for (const one of shelf?.ready ?? []) {
      shelf?.ready.delete(one);
      if (await isAlive(one)) {
        if (shelf !== undefined) shelf.failures = 0;
        return one;
      }
      await discard(one);
    }
    return undefined;
  }

  return {
    async take(shape, create, signal) {
      const one = (await taken(shape)) ?? (await create(signal));
      keepReady(shape, create);
      return one;
    },
    async [Symbol.asyncDispose]() {
      closed = true;
      await Promise.all([...shelves].map(([shape, shelf]) => clear(shape, shelf)));
    },
  };
}
