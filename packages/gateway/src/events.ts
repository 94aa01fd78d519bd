import type { RunEvent } from "@claw/core";

export type { RunEvent as GatewayEvent, RunOutcome, RunRef } from "@claw/core";

export type GatewayListener = (event: RunEvent) => void;

export interface Hub {
  publish(event: RunEvent): void;
  /** Calls `listener` for every later event, in order; a throw is logged and does not stop the others. */
  subscribe(listener: GatewayListener): () => void;
}

export function createHub(onError: (error: unknown) => void): Hub {
  const listeners = new Set<GatewayListener>();
  return {
    publish(event) {
      for (const listener of listeners) {
        try {
          listener(event);
        } catch (error) {
          onError(error);
        }
      }
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
