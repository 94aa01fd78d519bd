import type { Figure } from "../figure.ts";
import { startMeasured } from "../harness/gateway.ts";
import { median } from "../harness/statistics.ts";
import { MESSAGE, sessionNames } from "../harness/turns.ts";

const ROUNDS = 10;

/** Whether a conversation gets slower as it gets longer. */
export const longSession: Figure = {
  name: "long-session",
  async measure({ model, quick, progress }) {
    const [before, turns] = quick ? [5, 1] : [500, 20];
    await using gateway = await startMeasured(model);
    progress(`${before} turns before`);
    await gateway.takeTurns({ sessions: ["long"], turns: before, text: MESSAGE });
    const long: number[] = [];
    const fresh: number[] = [];
    for (let round = 0; round < (quick ? 1 : ROUNDS); round++) {
      progress(`round ${round + 1}`);
      for (const name of sessionNames(`fresh-${round}`, turns)) {
        for (const [sessions, timings] of [[["long"], long] as const, [[name], fresh] as const]) {
          timings.push(...(await gateway.takeTurns({ sessions, turns: 1, text: MESSAGE })).map(({ doneMs }) => doneMs));
        }
      }
    }
    return [
      {
        title: `turn after ${before * 2} messages, p50`,
        unit: "ms",
        value: median(long),
        floor: { title: "itself in a new session", value: median(fresh) },
        goal: { of: "ratio", atMost: 1.5 },
      },
    ];
  },
};
