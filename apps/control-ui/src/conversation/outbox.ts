import type { PendingMessage } from "./conversation.ts";

export type OutboxEntry = Pick<PendingMessage, "runId" | "text" | "sentAtMs">;

/** Keeps messages that the gateway does not have yet, so that a reload loses none. */
export interface OutboxStorage {
  read(sessionKey: string): readonly OutboxEntry[];
  write(sessionKey: string, pending: readonly PendingMessage[]): void;
}

const PREFIX = "claw.outbox.";

/** In this tab alone: two tabs that resend the same message would still be one run, but show it twice. */
export function tabOutbox(storage: Pick<Storage, "getItem" | "setItem" | "removeItem">): OutboxStorage {
  return {
    read(sessionKey) {
      try {
        const entries: unknown = JSON.parse(storage.getItem(PREFIX + sessionKey) ?? "[]");
        return Array.isArray(entries) ? entries.filter(isEntry) : [];
      } catch {
        return [];
      }
    },
    write(sessionKey, pending) {
      const waiting = pending.filter(({ state }) => state === "waiting");
      try {
        if (waiting.length === 0) storage.removeItem(PREFIX + sessionKey);
        else storage.setItem(PREFIX + sessionKey, JSON.stringify(waiting));
      } catch {
        // Storage is full or forbidden: the message lives in memory alone, as it would without this.
      }
    },
  };
}

function isEntry(value: unknown): value is OutboxEntry {
  if (typeof value !== "object" || value === null) return false;
  const { runId, text, sentAtMs } = value as Partial<OutboxEntry>;
  return typeof runId === "string" && typeof text === "string" && typeof sentAtMs === "number";
}
