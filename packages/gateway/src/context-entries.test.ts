import type { Entry, Message } from "@claw/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { contextEntries, reachFarEnough } from "./context-entries.ts";
import { contextView } from "./context-view.ts";

interface Played {
  readonly steps: number;
  /** Before that step a summary is made, which keeps so many. */
  readonly summary: { readonly step: number; readonly kept: number } | undefined;
  readonly command: boolean;
  /** It is accepted while the turn before it goes on. */
  readonly early: boolean;
  /** It is read in the turn before it, and has none of its own. */
  readonly joins: boolean;
}

const played: fc.Arbitrary<Played> = fc.record({
  steps: fc.integer({ min: 1, max: 4 }),
  summary: fc.option(fc.record({ step: fc.nat(3), kept: fc.nat(12) }), { nil: undefined, freq: 3 }),
  command: fc.boolean(),
  early: fc.boolean(),
  joins: fc.boolean(),
});

/** A session's entries as the gateway would have written them. */
function entriesOf(turns: readonly Played[]): readonly Entry[] {
  const entries: Entry[] = [];
  const write = (run: string, message: Message, joined?: Entry["joined"]): void => {
    const provenance = { origins: [], trust: "trusted", because: [] } as const;
    const ids = { session: "s", sequence: entries.length + 1, run, at: new Date(0) };
    entries.push({ ...ids, provenance, message, ...(joined === undefined ? {} : { joined }) });
  };
  const accepted = new Set<number>();
  const accept = (number: number, joined?: Entry["joined"]): void => {
    if (accepted.has(number)) return;
    accepted.add(number);
    const command = turns[number]?.command === true && joined === undefined ? { command: "help" } : {};
    write(`run${number}`, { role: "user", text: `message ${number}`, ...command }, joined);
  };
  turns.forEach(({ steps, summary }, number) => {
    if (accepted.has(number) && turns[number]?.joins && number > 0) return;
    const run = `run${number}`;
    accept(number);
    for (let step = 0; step < steps; step++) {
      if (summary?.step === step)
        write(run, { role: "summary", text: `by ${run}`, kept: summary.kept, tokensBefore: 2, tokensAfter: 1 });
      const next = turns[number + 1];
      if (step === 0 && next?.joins) accept(number + 1, { run, after: entries.length });
      else if (step === 0 && next?.early) accept(number + 1);
      write(run, { role: "tool", callId: `${run}-${step}`, tool: "t", output: "", failed: false });
    }
  });
  return entries;
}

const given = (entries: readonly Entry[], run: string): readonly Message[] =>
  contextView(contextEntries(entries, run).map(({ message }) => message));

test("entries that reach far enough give a turn what all of them would", () => {
  let enough = 0;
  fc.assert(
    fc.property(fc.array(played, { minLength: 1, maxLength: 20 }), fc.integer({ min: 1, max: 40 }), (turns, count) => {
      const all = entriesOf(turns);
      const newest = all.slice(-count);
      const run = newest.at(-1)?.run ?? "";
      if (newest.length === all.length || !reachFarEnough(newest, run)) return;
      enough++;
      expect(given(newest, run)).toEqual(given(all, run));
    }),
    { numRuns: 2_000 },
  );
  expect(enough).toBeGreaterThan(100);
});
