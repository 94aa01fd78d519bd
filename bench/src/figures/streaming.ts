import type { Figure, Row } from "../figure.ts";
import { startMeasured } from "../harness/gateway.ts";
import { pacedMessage } from "../harness/paced.ts";
import { median, quantile } from "../harness/statistics.ts";
import { startStreamText } from "../harness/stream-text.ts";
import { MESSAGE, sessionNames, type TakeTurns } from "../harness/turns.ts";

const TOKENS = 50;
/** What a fast hosted model does. */
const EVERY_MS = 50;
const FLOOR = "bare streamText";

/** Whether anybody's text comes late when many answers stream at once. */
export const streaming: Figure = {
  name: "streaming",
  async measure({ model, quick, progress }) {
    const sessions = quick ? 4 : 200;
    await using gateway = await startMeasured(model);
    await gateway.takeTurns({ sessions: sessionNames("warm", sessions), turns: 1, text: MESSAGE });
    await using bare = await startStreamText(model);
    await bare.takeTurns({ sessions: sessionNames("warm", sessions), turns: 1, text: MESSAGE });

    const ours: number[] = [];
    const floor: number[] = [];
    for (let round = 0; round < (quick ? 1 : 3); round++) {
      progress(`${sessions} at once, round ${round + 1}`);
      ours.push(...(await lateness(gateway.takeTurns, `paced-${round}`, sessions)));
      floor.push(...(await lateness(bare.takeTurns, `paced-${round}`, sessions)));
    }
    const floorP99 = quantile(floor, 0.99);
    const title = `token on its way, ${sessions} answers at once`;
    const rows: readonly Row[] = [
      { title: `${title}, p50`, unit: "ms", value: median(ours), floor: { title: FLOOR, value: median(floor) } },
      { title: `${title}, p99`, unit: "ms", value: quantile(ours, 0.99), floor: { title: FLOOR, value: floorP99 } },
      {
        title: `${title}, the latest`,
        unit: "ms",
        value: quantile(ours, 1),
        floor: { title: `p99 of ${FLOOR}`, value: floorP99 },
        goal: { of: "ratio", atMost: 3 },
      },
    ];
    return rows;
  },
};

async function lateness(takeTurns: TakeTurns, prefix: string, count: number): Promise<readonly number[]> {
  const sessions = sessionNames(prefix, count);
  const timings = await takeTurns({ sessions, turns: 1, text: pacedMessage(TOKENS, EVERY_MS) });
  return timings.flatMap(({ lateMs }) => lateMs);
}
