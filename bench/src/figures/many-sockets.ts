import { setTimeout as delay } from "node:timers/promises";
import type { Figure, Row } from "../figure.ts";
import { startBareServer } from "../harness/bare-server.ts";
import { startMeasured } from "../harness/gateway.ts";
import { memoryMb } from "../harness/processes.ts";
import { openSockets } from "../harness/sockets.ts";
import { quantile } from "../harness/statistics.ts";

interface Target {
  readonly pid: number;
  readonly url: string;
  readonly credential?: string;
}

const FLOOR = "bare ws server";

/** What clients cost that are only there, and whether a thousand get in when all of them come back at once. */
export const manySockets: Figure = {
  name: "many-sockets",
  async measure({ model, quick, progress }) {
    const [idle, storm, restMs] = quick ? [50, 100, 200] : [5_000, 1_000, 12_000];
    await using gateway = await startMeasured(model);
    await using bare = await startBareServer();
    const ours: Target = { pid: gateway.pid, url: gateway.webSocketUrl, credential: gateway.token };
    const floor: Target = bare;

    progress(`${storm} sockets at once`);
    const rows: Row[] = [
      {
        title: `${storm} sockets at once, the last greeted`,
        unit: "ms",
        value: await lastGreetedMs(ours, storm),
        floor: { title: FLOOR, value: await lastGreetedMs(floor, storm) },
      },
    ];
    progress(`${idle} idle sockets`);
    const [oursKb, floorKb] = [await socketKb(ours, idle, restMs), await socketKb(floor, idle, restMs)];
    rows.push(
      { title: "an idle socket", unit: "kB", value: oursKb, floor: { title: FLOOR, value: floorKb } },
      { title: "an idle socket, beyond it", unit: "kB", value: oursKb - floorKb, goal: { of: "value", atMost: 12 } },
    );
    return rows;
  },
};

async function lastGreetedMs(target: Target, count: number): Promise<number> {
  using sockets = await openSockets({ ...target, count, atOnce: count });
  return quantile(sockets.greetedMs, 1);
}

/** The first sockets bring what is kept for good, and their few are not counted. */
async function socketKb(target: Target, count: number, restMs: number): Promise<number> {
  using _first = await openSockets({ ...target, count: Math.ceil(count / 50), atOnce: 16 });
  await delay(restMs);
  const beforeMb = memoryMb(target.pid);
  using _counted = await openSockets({ ...target, count, atOnce: 16 });
  await delay(restMs);
  return ((memoryMb(target.pid) - beforeMb) * 1024) / count;
}
