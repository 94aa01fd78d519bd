import { silentLogger } from "@claw/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { engineAddress } from "./engine.ts";
import { engineWatch } from "./engine-watch.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

function setUp() {
  const engine = { answers: true, asked: 0 };
  const said: string[] = [];
  const log = {
    ...silentLogger,
    warn: (message: string) => void said.push(message),
    info: (message: string) => void said.push(message),
  };
  const watch = engineWatch({
    async ping() {
      engine.asked++;
      if (!engine.answers) throw new Error("it hangs");
    },
    address: engineAddress("unix:///nowhere.sock"),
    log,
  });
  return { engine, said, watch };
}

test("an engine that misses three questions is in trouble until it answers again", async () => {
  const { engine, said, watch } = setUp();
  watch.keep();
  await vi.advanceTimersByTimeAsync(60_000);
  engine.answers = false;
  await vi.advanceTimersByTimeAsync(60_000);
  expect([watch.trouble, said]).toEqual([undefined, []]);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(watch.trouble).toMatchObject({ state: "unavailable", detail: "unix:///nowhere.sock: it hangs" });
  expect(said).toEqual(["the engine of the sandboxes gives no answer"]);
  engine.answers = true;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(watch.trouble).toBeUndefined();
  expect(said).toHaveLength(2);
});

test("it is left alone when nobody has a sandbox of it, but not while it is in trouble", async () => {
  const { engine, watch } = setUp();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(engine.asked).toBe(0);
  const stop = watch.keep();
  await vi.advanceTimersByTimeAsync(30_000);
  engine.answers = false;
  await vi.advanceTimersByTimeAsync(90_000);
  stop();
  stop();
  engine.answers = true;
  await vi.advanceTimersByTimeAsync(30_000);
  expect(watch.trouble).toBeUndefined();
  await vi.advanceTimersByTimeAsync(30_000);
  const { asked } = engine;
  await vi.advanceTimersByTimeAsync(300_000);
  expect(engine.asked).toBe(asked);
});
