import { expect, test } from "vitest";
import { itemsUntil, later, unlessGivenUp } from "./give-up.ts";
import { manualClock } from "./manual-clock.fixture.ts";

const idle = () => new Promise((resolve) => setImmediate(resolve));

test("the later signal follows the first one by the delay, also when that has fired before", () => {
  const clock = manualClock();
  const controller = new AbortController();
  const early = later(controller.signal, 100, clock);
  clock.advance(1_000);
  expect(early.aborted).toBe(false);
  controller.abort();
  const late = later(controller.signal, 200, clock);
  clock.advance(100);
  expect([early.aborted, late.aborted]).toEqual([true, false]);
  clock.advance(100);
  expect(late.aborted).toBe(true);
});

test("work that ends in time gives its result or its error", async () => {
  const { signal } = new AbortController();
  expect(await unlessGivenUp(Promise.resolve(7), signal)).toBe(7);
  await expect(unlessGivenUp(Promise.reject(new Error("broken")), signal)).rejects.toThrow("broken");
});

test("work that is given up gives nothing, and may still fail unheard", async () => {
  const controller = new AbortController();
  const work = Promise.withResolvers<number>();
  const result = unlessGivenUp(work.promise, controller.signal);
  controller.abort();
  expect(await result).toBeUndefined();
  expect(await unlessGivenUp(new Promise(() => {}), controller.signal)).toBeUndefined();
  work.reject(new Error("too late to matter"));
  await idle();
});

test("items come until their end, and the source learns when its reader leaves early", async () => {
  let closed = false;
  async function* count() {
    try {
      for (let n = 1; n <= 3; n++) yield n;
    } finally {
      closed = true;
    }
  }
  const { signal } = new AbortController();
  const items: number[] = [];
  for await (const item of itemsUntil(count(), signal)) items.push(item);
  expect(items).toEqual([1, 2, 3]);
  closed = false;
  for await (const _ of itemsUntil(count(), signal)) break;
  expect(closed).toBe(true);
});

test("a source that is stuck, or has no end, is left when it is given up", async () => {
  async function* stuck() {
    yield "one";
    await new Promise(() => {});
  }
  async function* endless() {
    while (true) {
      yield "one";
      await idle();
    }
  }
  for (const source of [stuck(), endless()]) {
    const controller = new AbortController();
    setImmediate(() => controller.abort());
    const items: string[] = [];
    for await (const item of itemsUntil(source, controller.signal)) items.push(item);
    expect(new Set(items)).toEqual(new Set(["one"]));
  }
});
