import type { Entry } from "./store.ts";

/**
 * Entries in the order in which people and models read them: one run after the other, though a message that was
 * accepted while an earlier run was still going stands before that run's answer in the journal; and what joined a turn
 * where that turn read it.
 */
export function inReadingOrder(entries: readonly Entry[]): readonly Entry[] {
  const turns = [...Map.groupBy(entries, turnOf).values()];
  return turns.flatMap((turn) => (turn.some(({ joined }) => joined) ? turn.toSorted(byReading) : turn));
}

/** The run whose turn reads it. */
export function turnOf({ run, joined }: Entry): string {
  return joined?.run ?? run;
}

/** What joined a turn stands after what the turn had written by then. */
function byReading(a: Entry, b: Entry): number {
  const place = ({ sequence, joined }: Entry): number => joined?.after ?? sequence;
  const own = place(a) - place(b) || Number(a.joined !== undefined) - Number(b.joined !== undefined);
  return own || a.sequence - b.sequence;
}
