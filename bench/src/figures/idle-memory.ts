import { setTimeout as delay } from "node:timers/promises";
import type { Figure } from "../figure.ts";
import { startBareServer } from "../harness/bare-server.ts";
import { startMeasured } from "../harness/gateway.ts";
import { memoryMb } from "../harness/processes.ts";

export const idleMemory: Figure = {
  name: "idle-memory",
  async measure({ model, quick, progress }) {
    await using gateway = await startMeasured(model);
    await using bare = await startBareServer();
    progress("letting both rest");
    // The figure is memory after a rest, so the rest is part of what is measured.
    await delay(quick ? 500 : 10_000);
    return [
      {
        title: "memory, 10 s after the start",
        unit: "MB",
        value: memoryMb(gateway.pid),
        floor: { title: "bare Node, ws and SQLite", value: memoryMb(bare.pid) },
        goal: { of: "ratio", atMost: 2 },
      },
    ];
  },
};
