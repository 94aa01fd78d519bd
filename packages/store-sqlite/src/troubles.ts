import { ClawError, type Clock, type Logger, type StoreErrorCode, type StoreTrouble } from "@claw/core";

/** Failures of a file, and not of what was asked of it. */
const OF_THE_FILE: ReadonlySet<string> = new Set<StoreErrorCode>(["STORE_FAILED", "STORE_LOCKED", "STORE_UNWRITABLE"]);

/** Knows which files can't be used, and logs when that begins and ends. */
export interface Troubles {
  failed(path: string, error: unknown): void;
  /** It was written to. */
  worked(path: string): void;
  all(): readonly StoreTrouble[];
}

export function createTroubles(clock: Clock, log: Logger): Troubles {
  const byPath = new Map<string, StoreTrouble>();
  return {
    failed(path, error) {
      if (!ClawError.is(error) || !OF_THE_FILE.has(error.code)) return;
      const known = byPath.get(path);
      byPath.set(path, { since: known?.since ?? clock.now(), message: error.message });
      if (known === undefined) log.error("the store fails", { code: error.code, error: error.message });
    },
    worked(path) {
      if (byPath.delete(path)) log.warn("the store works again", { path });
    },
    all: () => [...byPath.values()],
  };
}
