import type { Clock, Logger } from "@claw/core";

/** How soon what keeps getting lost is replaced. */
export interface Replacements {
  /** To be called for each one that was lost. */
  lost(key: string, reason: string): void;
  /** Resolves when the next one of the key may be made. */
  ready(key: string): Promise<void>;
  /** For people: what keeps getting lost, and why. */
  readonly trouble: string | undefined;
}

interface Losses {
  readonly count: number;
  readonly atMs: number;
  readonly reason: string;
}

/** A key that lost nothing for this long is well again. */
const FORGIVEN_MS = 5 * 60_000;
const ALERT_AFTER = 3;
const WAIT_MS = { first: 1_000, longest: 30_000 };

/** The first replacement is at once, later ones ever more slowly; the third loss in a row is told. */
export function createReplacements(clock: Clock, log: Logger): Replacements {
  const losses = new Map<string, Losses>();

  const recent = (): readonly [string, Losses][] => {
    const sinceMs = clock.monotonicMs() - FORGIVEN_MS;
    for (const [key, { atMs }] of losses) if (atMs <= sinceMs) losses.delete(key);
    return [...losses];
  };

  return {
    lost(key, reason) {
      recent();
      const count = (losses.get(key)?.count ?? 0) + 1;
      losses.set(key, { count, atMs: clock.monotonicMs(), reason });
      if (count === ALERT_AFTER) log.warn("a sandbox keeps getting lost", { key, losses: count, reason });
      else log.info("a sandbox was lost and is replaced at its next use", { key, losses: count, reason });
    },
    async ready(key) {
      recent();
      const found = losses.get(key);
      if (found === undefined || found.count < 2) return;
      const waitMs = Math.min(WAIT_MS.first * 2 ** (found.count - 2), WAIT_MS.longest);
      const leftMs = found.atMs + waitMs - clock.monotonicMs();
      if (leftMs > 0) await new Promise<void>((resolve) => clock.after(leftMs, resolve));
    },
    get trouble() {
      const bad = recent().filter(([, { count }]) => count >= ALERT_AFTER);
      const [, worst] = bad.toSorted(([, a], [, b]) => b.count - a.count)[0] ?? [];
      if (worst === undefined) return undefined;
      const many = bad.length === 1 ? "A sandbox was" : `${bad.length} sandboxes were, one of them`;
      return `${many} lost ${worst.count} times in a row: ${worst.reason}`;
    },
  };
}
