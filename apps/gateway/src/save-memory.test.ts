import type { GatewayListener } from "@claw/gateway";
import { expect, test } from "vitest";
import { manualClock } from "./manual-clock.fixture.ts";
import { saveMemoryAtRest } from "./save-memory.ts";

const SAVE = "--memory-saver-mode";
const SPEND = "--no-memory-saver-mode";

function start() {
  const flags: string[] = [];
  const listeners = new Set<GatewayListener>();
  const clock = manualClock();
  let turnsRunning = 0;
  const gateway = {
    subscribe(listener: GatewayListener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    gauges: () => ({ connections: 0, turnsRunning, turnsWaiting: 0, turnsLate: 0 }),
  };
  const stop = saveMemoryAtRest(gateway, clock, (flag) => flags.push(flag));
  return {
    flags,
    listeners,
    clock,
    stop,
    turn() {
      turnsRunning++;
      const ref = { run: "run", session: "agent:default:main", agent: "default", owner: "owner" };
      for (const listener of listeners) listener({ ...ref, type: "run-started" });
    },
    end: () => void turnsRunning--,
  };
}

test("memory is saved once the gateway has been quiet, and spent from the next turn on", async () => {
  const { flags, clock, turn, end } = start();
  expect(flags).toEqual([]);
  await clock.advance(3_000);
  expect(flags).toEqual([SAVE]);
  turn();
  turn();
  expect(flags).toEqual([SAVE, SPEND]);
  end();
  await clock.advance(30_000);
  expect(flags).toEqual([SAVE, SPEND]);
  end();
  await clock.advance(3_000);
  expect(flags).toEqual([SAVE, SPEND, SAVE]);
});

test("nothing is changed any more after the end", async () => {
  const { flags, clock, listeners, stop } = start();
  stop();
  await clock.advance(60_000);
  expect(listeners.size).toBe(0);
  expect(flags).toEqual([]);
});
