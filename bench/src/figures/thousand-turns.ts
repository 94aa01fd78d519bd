import { setTimeout as delay } from "node:timers/promises";
import type { Figure } from "../figure.ts";
import { startMeasured } from "../harness/gateway.ts";
import { cpuMs, memoryMb } from "../harness/processes.ts";
import { MESSAGE, sessionNames } from "../harness/turns.ts";

/** What a thousand turns leave behind, and what they cost. */
export const thousandTurns: Figure = {
  name: "thousand-turns",
  async measure({ model, quick, progress }) {
    const [restMs, turns] = quick ? [500, 2] : [20_000, 100];
    await using gateway = await startMeasured(model);
    const { pid } = gateway;
    progress("letting it rest");
    await delay(restMs);
    const idleMb = memoryMb(pid);
    const idleCpuMs = cpuMs(pid);
    progress(`${turns * 10} turns`);
    const timings = await gateway.takeTurns({ sessions: sessionNames("busy", 10), turns, text: MESSAGE });
    const usedMs = cpuMs(pid) - idleCpuMs;
    const busyMb = memoryMb(pid);
    // V8 tidies up when it has had nothing to do for about ten seconds.
    await delay(restMs);
    return [
      {
        title: "memory, 20 s after 1,000 turns",
        unit: "MB",
        value: memoryMb(pid),
        floor: { title: "itself before them", value: idleMb },
        goal: { of: "ratio", atMost: 1.5 },
      },
      { title: "memory, at the end of them", unit: "MB", value: busyMb },
      { title: "CPU a turn", unit: "ms CPU", value: usedMs / timings.length, goal: { of: "value", atMost: 8 } },
    ];
  },
};
