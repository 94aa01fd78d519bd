import type { Figure } from "../figure.ts";
import { startMeasured } from "../harness/gateway.ts";
import { createMemoryGroup } from "../harness/memory-group.ts";
import { MESSAGE } from "../harness/turns.ts";

const LIMIT_MB = 256;
const TURNS = 100;

/** A small board: a control group that the gateway is in from its first instruction, as it is for a container. */
export const memoryLimit: Figure = {
  name: "memory-limit",
  async measure({ model, quick, progress }) {
    const title = `turns done within ${LIMIT_MB} MB`;
    using group = createMemoryGroup(LIMIT_MB);
    if ("skipped" in group) return [{ title, skipped: group.skipped }];
    const turns = quick ? 2 : TURNS;
    await using gateway = await startMeasured(model, { through: group.enter });
    progress(`${turns} turns`);
    const timings = await gateway.takeTurns({ sessions: ["small"], turns, text: MESSAGE });
    return [
      { title, unit: "turns", value: timings.length, goal: { of: "value", atLeast: turns } },
      { title: "memory at the peak of them, page cache included", unit: "MB", value: group.peakMb() },
    ];
  },
};
