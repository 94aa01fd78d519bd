import type { Bus, Lease } from "@claw/core";

/** Leases and events within this process; what an embedded gateway needs and nothing more. */
export function inProcessBus(): Bus {
  const owned = new Set<string>();
  const topics = new Map<string, Set<(event: unknown) => void>>();
  let lastFence = 0n;

  return {
    publish(topic, event) {
      for (const deliver of topics.get(topic) ?? []) deliver(event);
    },

    subscribe(topic, signal) {
      const queue: unknown[] = [];
      let wake = (): void => {};
      const deliver = (event: unknown): void => {
        queue.push(event);
        wake();
      };
      const end = (): void => {
        const listeners = topics.get(topic);
        listeners?.delete(deliver);
        if (listeners?.size === 0) topics.delete(topic);
        wake();
      };
      topics.set(topic, (topics.get(topic) ?? new Set()).add(deliver));
      if (signal.aborted) end();
      else signal.addEventListener("abort", end, { once: true });

      return (async function* () {
        try {
          while (!signal.aborted) {
            if (queue.length > 0) yield queue.shift();
            else await new Promise<void>((resolve) => (wake = resolve));
          }
        } finally {
          signal.removeEventListener("abort", end);
          end();
        }
      })();
    },

    // A lease within one process can't be lost to somebody else, so it needs no renewal.
    async lease(key): Promise<Lease | undefined> {
      if (owned.has(key)) return undefined;
      owned.add(key);
      lastFence += 1n;
      const lost = new AbortController();
      return {
        key,
        fence: lastFence,
        lost: lost.signal,
        async [Symbol.asyncDispose]() {
          if (lost.signal.aborted) return;
          lost.abort();
          owned.delete(key);
        },
      };
    },

    async [Symbol.asyncDispose]() {
      topics.clear();
      owned.clear();
    },
  };
}
