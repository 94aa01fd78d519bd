import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Figure } from "../figure.ts";
import { startBareServer } from "../harness/bare-server.ts";
import { startMeasured } from "../harness/gateway.ts";
import { median } from "../harness/statistics.ts";

/** From the spawn of the process to a client that has been greeted. */
export const coldStart: Figure = {
  name: "cold-start",
  async measure({ model, quick, progress }) {
    const rounds = quick ? 1 : 7;
    const timings = {
      first: [] as number[],
      warm: [] as number[],
      bareFirst: [] as number[],
      bareWarm: [] as number[],
    };
    for (let round = 0; round < rounds; round++) {
      progress(`start ${round + 1} of ${rounds}`);
      const cache = await mkdtemp(join(tmpdir(), "claw-bench-cache-"));
      const env = { NODE_COMPILE_CACHE: cache };
      timings.bareFirst.push(await timed(() => startBareServer(env)));
      timings.bareWarm.push(await timed(() => startBareServer(env)));
      timings.first.push(await timed(() => startMeasured(model, { env })));
      timings.warm.push(await timed(() => startMeasured(model, { env })));
      await rm(cache, { recursive: true, force: true });
    }
    const row = (title: string, value: readonly number[], floor: readonly number[]) =>
      ({
        title: `start, ${title}`,
        unit: "ms",
        value: median(value),
        floor: { title: "bare Node, ws and SQLite", value: median(floor) },
        goal: { of: "ratio", atMost: 4 },
      }) as const;
    return [
      row("warm compile cache", timings.warm, timings.bareWarm),
      row("first ever", timings.first, timings.bareFirst),
    ];
  },
};

async function timed(start: () => Promise<AsyncDisposable>): Promise<number> {
  const beganMs = performance.now();
  await using _running = await start();
  return performance.now() - beganMs;
}
