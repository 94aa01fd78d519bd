import { expect, test } from "vitest";
import { manualClock } from "./manual-clock.fixture.ts";
import type { ActiveRun } from "./runs.ts";
import { createTimeline } from "./timeline.ts";
import { createWatchdog } from "./watchdog.ts";

function watched() {
  const clock = manualClock();
  const lines: { readonly message: string; readonly fields: Readonly<Record<string, unknown>> }[] = [];
  const warn = (message: string, fields = {}): void => void lines.push({ message, fields });
  const log = { debug() {}, info() {}, error() {}, warn };
  const active: ActiveRun[] = [];
  const watchdog = createWatchdog({ runs: { all: () => active }, clock, log });
  watchdog.start();
  const open = (session: string): ActiveRun => {
    const timeline = createTimeline(clock, clock.monotonicMs(), () => {});
    const run = { run: `run of ${session}`, session, agent: "main", timeline } as unknown as ActiveRun;
    active.push(run);
    return run;
  };
  const pass = (seconds: number): void => {
    for (let second = 0; second < seconds; second++) clock.advance(1_000);
  };
  return { clock, lines, watchdog, open, pass };
}

test("a run that is stuck is named once, with its session, its stage and for how long", () => {
  const { lines, open, pass, watchdog } = watched();
  const end = open("agent:main:stuck").timeline.begin("model", "openai/gpt-x");
  open("agent:main:quick").timeline.begin("model", "openai/gpt-x")();
  pass(119);
  expect(lines).toEqual([]);
  pass(60);
  expect(lines).toMatchObject([
    { message: "a run is late", fields: { session: "agent:main:stuck", stage: "model", label: "openai/gpt-x" } },
  ]);
  expect(watchdog.late()).toMatchObject([{ stage: "model", forMs: 179_000 }]);
  end();
  expect(watchdog.late()).toEqual([]);
});

test("what a tool was given stays out of the log", () => {
  const { lines, open, pass } = watched();
  open("agent:main:tool").timeline.begin("tool", "exec curl -H 'authorization: SECRET'");
  pass(610);
  expect(lines).toMatchObject([{ fields: { stage: "tool", label: "exec" } }]);
  expect(JSON.stringify(lines)).not.toContain("SECRET");
});

test("a run that waits for a person's answer is not late", () => {
  const { lines, open, pass, watchdog } = watched();
  open("agent:main:asked").timeline.begin("approval", "tool.call");
  pass(29 * 60);
  expect(lines).toEqual([]);
  expect(watchdog.turns().turnsLate).toBe(0);
});

test("turns are told apart by whether they wait for their lane", () => {
  const { open, pass, watchdog } = watched();
  open("agent:main:a").timeline.begin("lane");
  open("agent:main:b").timeline.begin("model");
  pass(70);
  expect(watchdog.turns()).toEqual({ turnsRunning: 1, turnsWaiting: 1, turnsLate: 1 });
});

test("an event loop that was blocked is told for how long", () => {
  const { clock, lines } = watched();
  clock.advance(5_000 + 3_200);
  expect(lines).toMatchObject([{ fields: { blockedMs: 3_200 } }]);
});

test("a stopped watchdog says nothing more", () => {
  const { lines, open, pass, watchdog } = watched();
  open("agent:main:stuck").timeline.begin("journal");
  watchdog.stop();
  pass(60);
  expect(lines).toEqual([]);
});
