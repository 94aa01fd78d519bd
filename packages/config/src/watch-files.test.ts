import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock } from "@claw/core";
import { expect, onTestFinished, test } from "vitest";
import { LONGEST_WAIT_MS, watchFiles } from "./watch-files.ts";

interface Timer {
  readonly delayMs: number;
  readonly fire: () => void;
}

/** A clock that stands where it is put; the timers it was asked for are to be had one after the other. */
function waitedClock() {
  let nowMs = 0;
  const timers: Timer[] = [];
  const waiters: ((timer: Timer) => void)[] = [];
  const clock: Clock = {
    now: () => new Date(nowMs),
    monotonicMs: () => nowMs,
    after(delayMs, fire) {
      const timer = { delayMs, fire };
      const waiter = waiters.shift();
      if (waiter === undefined) timers.push(timer);
      else waiter(timer);
      return () => void timers.splice(0, timers.length, ...timers.filter((one) => one !== timer));
    },
  };
  const timer = (): Promise<Timer> => {
    const ready = timers.shift();
    return ready === undefined ? new Promise((resolve) => waiters.push(resolve)) : Promise.resolve(ready);
  };
  const advance = (ms: number): void => {
    nowMs += ms;
  };
  return { clock, timer, advance };
}

function watching(...names: string[]) {
  const directory = mkdtempSync(join(tmpdir(), "claw-watch-"));
  const { clock, timer, advance } = waitedClock();
  let changes = 0;
  const files = watchFiles({ clock, onChange: () => changes++ });
  const at = (name: string): string => join(directory, name);
  onTestFinished(() => {
    files[Symbol.dispose]();
    rmSync(directory, { recursive: true });
  });
  return { at, timer, advance, changes: () => changes, start: () => files.watch(names.map(at)) };
}

test("a file that another one replaces is noticed, again and again", async () => {
  const { at, timer, changes, start } = watching("openclaw.json");
  writeFileSync(at("openclaw.json"), "{}");
  start();
  for (const round of [1, 2, 3]) {
    writeFileSync(at("new"), `{ a: ${round} }`);
    renameSync(at("new"), at("openclaw.json"));
    (await timer()).fire();
    expect(changes()).toBe(round);
  }
});

test("a file written in place, and one that was not there, are noticed", async () => {
  const { at, timer, changes, start } = watching("openclaw.json", "later.json5");
  writeFileSync(at("openclaw.json"), "{}");
  start();
  writeFileSync(at("openclaw.json"), "{ a: 1 }");
  (await timer()).fire();
  writeFileSync(at("later.json5"), "{}");
  (await timer()).fire();
  expect(changes()).toBe(2);
});

test("a mounted directory that is replaced through its link is noticed", async () => {
  const { at, timer, changes, start } = watching("openclaw.json");
  for (const version of ["..one", "..two"]) {
    mkdirSync(at(version));
    writeFileSync(join(at(version), "openclaw.json"), version);
  }
  symlinkSync("..one", at("..data"));
  symlinkSync("..data/openclaw.json", at("openclaw.json"));
  start();
  symlinkSync("..two", at("..new"));
  renameSync(at("..new"), at("..data"));
  (await timer()).fire();
  expect(changes()).toBe(1);
});

test("it waits until things are quiet, but not for ever", async () => {
  const { at, timer, advance, start } = watching("openclaw.json");
  start();
  writeFileSync(at("openclaw.json"), "1");
  expect((await timer()).delayMs).toBe(200);
  advance(LONGEST_WAIT_MS - 50);
  writeFileSync(at("openclaw.json"), "2");
  let next = await timer();
  while (next.delayMs > 50) next = await timer();
  expect(next.delayMs).toBe(50);
});
