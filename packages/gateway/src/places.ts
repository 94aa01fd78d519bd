import type { Clock } from "@claw/core";

/** Whose turn it is, and over which channel it came. */
export interface Holder {
  readonly owner: string;
  readonly channel?: string;
}

export interface PlaceLimits {
  readonly total: number;
  readonly perPerson?: number;
  readonly perChannel?: number;
}

/** One turn's right to go on. */
export interface Place {
  /** It moves: a place that was given up for its silence counts again. */
  alive(): void;
  release(): void;
}

export interface Places {
  /** No more can begin, whoever asks. */
  readonly full: boolean;
  take(holder: Holder): Place | undefined;
}

interface Held extends Holder {
  lastMs: number;
}

/** A turn from which nothing was heard for this long waits for somebody else: a model, a tool, a person. */
export const SILENT_MS = 2_000;
/** How many turns may be open for each place, silent ones among them. */
const OPEN_PER_PLACE = 16;

/**
 * Counts the turns that move. One that has gone silent gives its place up until it moves again, so that models and
 * tools that hang take nothing from others; what they can take is memory, and for that there is a limit of its own.
 * `onFree` is called when a place may have become free by silence, after one was refused.
 */
export function createPlaces(limits: () => PlaceLimits, clock: Clock, onFree: () => void): Places {
  const counted = new Set<Held>();
  const counts = new Map<string, number>();
  let open = 0;
  let cancelWatch: (() => void) | undefined;

  const keysOf = ({ owner, channel }: Holder): readonly string[] => [
    `person ${owner}`,
    ...(channel === undefined ? [] : [`channel ${channel}`]),
  ];
  const count = (held: Held, step: 1 | -1): void => {
    if (step === 1) counted.add(held);
    else counted.delete(held);
    for (const key of keysOf(held)) {
      const now = (counts.get(key) ?? 0) + step;
      if (now === 0) counts.delete(key);
      else counts.set(key, now);
    }
  };
  const fits = (holder: Holder): boolean => {
    const { total, perPerson = Infinity, perChannel = Infinity } = limits();
    const [ofPerson = 0, ofChannel = 0] = keysOf(holder).map((key) => counts.get(key));
    return counted.size < total && ofPerson < perPerson && ofChannel < perChannel && open < total * OPEN_PER_PLACE;
  };

  const dismissSilent = (): void => {
    const nowMs = clock.monotonicMs();
    for (const held of counted) if (nowMs - held.lastMs >= SILENT_MS) count(held, -1);
  };
  const watch = (): void => {
    if (cancelWatch !== undefined || counted.size === 0) return;
    const firstMs = Math.min(...[...counted].map((held) => held.lastMs));
    cancelWatch = clock.after(Math.max(firstMs + SILENT_MS - clock.monotonicMs(), 1), () => {
      cancelWatch = undefined;
      onFree();
    });
  };

  return {
    get full() {
      const { total } = limits();
      if (open >= total * OPEN_PER_PLACE) return true;
      if (counted.size >= total) dismissSilent();
      if (counted.size < total) return false;
      watch();
      return true;
    },
    take(holder) {
      if (!fits(holder)) dismissSilent();
      if (!fits(holder)) {
        watch();
        return undefined;
      }
      const held: Held = { ...holder, lastMs: clock.monotonicMs() };
      let released = false;
      open++;
      count(held, 1);
      return {
        alive() {
          held.lastMs = clock.monotonicMs();
          if (!released && !counted.has(held)) count(held, 1);
        },
        release() {
          if (released) return;
          released = true;
          open--;
          if (counted.has(held)) count(held, -1);
        },
      };
    },
  };
}
