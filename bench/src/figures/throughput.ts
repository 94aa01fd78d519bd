import type { Figure, Row } from "../figure.ts";
import { startMeasured } from "../harness/gateway.ts";
import { median } from "../harness/statistics.ts";
import { startStreamText } from "../harness/stream-text.ts";
import { MESSAGE, sessionNames, type TakeTurns } from "../harness/turns.ts";

const TURNS = 500;

export const throughput: Figure = {
  name: "throughput",
  async measure({ model, quick, progress }) {
    await using gateway = await startMeasured(model);
    await gateway.takeTurns({ sessions: sessionNames("warm", 10), turns: quick ? 1 : 20, text: MESSAGE });
    await using bare = await startStreamText(model);
    await bare.takeTurns({ sessions: sessionNames("warm", 10), turns: quick ? 1 : 20, text: MESSAGE });

    const rows: Row[] = [];
    for (const count of [1, 10, 100]) {
      const turns = quick ? 1 : TURNS / count;
      const ours: number[] = [];
      const floor: number[] = [];
      for (let round = 0; round < (quick ? 1 : 3); round++) {
        progress(`${count} at once, round ${round + 1}`);
        const sessions = sessionNames(`at-once-${count}-${round}`, count);
        ours.push(await turnsPerSecond(gateway.takeTurns, sessions, turns));
        floor.push(await turnsPerSecond(bare.takeTurns, sessions, turns));
      }
      rows.push({
        title: `turns a second, ${count} session${count === 1 ? "" : "s"}`,
        unit: "turns/s",
        value: median(ours),
        floor: { title: "bare streamText", value: median(floor) },
        ...(count === 100 ? { goal: { of: "ratio", atLeast: 0.6 } as const } : {}),
      });
    }
    return rows;
  },
};

async function turnsPerSecond(takeTurns: TakeTurns, sessions: readonly string[], turns: number): Promise<number> {
  const beganMs = performance.now();
  const timings = await takeTurns({ sessions, turns, text: MESSAGE });
  return (timings.length / (performance.now() - beganMs)) * 1_000;
}
