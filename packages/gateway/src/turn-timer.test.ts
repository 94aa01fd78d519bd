import { expect, test } from "vitest";
import { manualClock } from "./manual-clock.fixture.ts";
import { turnTimer } from "./turn-timer.ts";

function started() {
  const clock = manualClock();
  let late = 0;
  const timer = turnTimer(clock, 100, () => late++);
  return { clock, timer, late: () => late };
}

test("time that passes during a pause does not count, however many pauses there are at once", () => {
  const { clock, timer, late } = started();
  clock.advance(60);
  const first = timer.pause();
  const second = timer.pause();
  clock.advance(1_000);
  first();
  first();
  clock.advance(1_000);
  second();
  clock.advance(39);
  expect(late()).toBe(0);
  clock.advance(1);
  expect(late()).toBe(1);
});

test("a timer that is cancelled during a pause never fires", () => {
  const { clock, timer, late } = started();
  const resume = timer.pause();
  timer.cancel();
  resume();
  clock.advance(1_000);
  expect(late()).toBe(0);
});
