import type { EventName, EventPayloads } from "@claw/protocol";

export type EventListener<Name extends EventName> = (payload: EventPayloads[Name]) => void;

/** Who listens to which event. */
export function createListeners() {
  const byName = new Map<string, Set<(payload: never) => void>>();

  return {
    on<Name extends EventName>(name: Name, listener: EventListener<Name>): () => void {
      const listeners = byName.get(name) ?? new Set();
      byName.set(name, listeners.add(listener));
      return () => void listeners.delete(listener);
    },
    emit(name: string, payload: unknown): void {
      for (const listener of [...(byName.get(name) ?? [])]) {
        callSafely(listener, payload as never);
      }
    },
  };
}

/** Calls back; an error of the callback surfaces as an uncaught one and does not disturb the caller. */
export function callSafely<Value>(callback: ((value: Value) => void) | undefined, value: Value): void {
  try {
    callback?.(value);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}
