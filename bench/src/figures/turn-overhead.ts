import type { Figure, Result } from "../figure.ts";
import { startMeasured } from "../harness/gateway.ts";
import { median, quantile } from "../harness/statistics.ts";
import { startStreamText } from "../harness/stream-text.ts";
import { MESSAGE, type TurnTiming } from "../harness/turns.ts";

const ROUNDS = 6;

/** One session that grows; the model answers at once, so all that is measured is what the program adds. */
export const turnOverhead: Figure = {
  name: "turn-overhead",
  async measure({ model, quick, progress }) {
    const turns = quick ? 1 : 50;
    await using gateway = await startMeasured(model);
    const warm = { sessions: ["warm"], turns: quick ? 1 : 50, text: MESSAGE };
    await gateway.takeTurns(warm);
    await using bare = await startStreamText(model);
    await bare.takeTurns(warm);

    const ours: TurnTiming[] = [];
    const floor: TurnTiming[] = [];
    // By turns, so that what else the machine does meets both alike.
    for (let round = 0; round < ROUNDS; round++) {
      progress(`round ${round + 1} of ${ROUNDS}`);
      const wanted = { sessions: ["one"], turns, text: MESSAGE };
      ours.push(...(await gateway.takeTurns(wanted)));
      floor.push(...(await bare.takeTurns(wanted)));
    }
    const row = (title: string, of: (timing: TurnTiming) => number, at: "p50" | "p95"): Result => {
      const figure = (timings: readonly TurnTiming[]) =>
        at === "p50" ? median(timings.map(of)) : quantile(timings.map(of), 0.95);
      return {
        title: `turn, to ${title}, ${at}`,
        unit: "ms",
        value: figure(ours),
        floor: { title: "bare streamText", value: figure(floor) },
        ...(at === "p50" ? { goal: { of: "ratio", atMost: 2.5 } as const } : {}),
      };
    };
    const first = ({ firstDeltaMs }: TurnTiming) => firstDeltaMs;
    const done = ({ doneMs }: TurnTiming) => doneMs;
    return [
      row("the first delta", first, "p50"),
      row("the first delta", first, "p95"),
      row("the end", done, "p50"),
      row("the end", done, "p95"),
    ];
  },
};
