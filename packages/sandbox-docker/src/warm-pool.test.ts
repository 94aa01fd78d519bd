import { type Logger, silentLogger } from "@claw/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { warmPool } from "./warm-pool.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

interface Thing {
  readonly number: number;
  alive: boolean;
  readonly die: () => void;
  readonly ended: Promise<void>;
}

function setUp(size: number, { log = silentLogger, answers = true }: { log?: Logger; answers?: boolean } = {}) {
  const made: Thing[] = [];
  const engine = { broken: false };
  const pool = warmPool<Thing>({
    size,
    maxShapes: 2,
    idleMs: 100_000,
    isAlive: async (one) => answers && one.alive,
    ended: (one) => one.ended,
    async end(one) {
      one.alive = false;
    },
    log,
  });
  const create = async (): Promise<Thing> => {
    if (engine.broken) throw new Error("no room");
    const { promise: ended, resolve } = Promise.withResolvers<void>();
    const one: Thing = {
      number: made.length,
      alive: true,
      ended,
      die() {
        one.alive = false;
        resolve();
      },
    };
    made.push(one);
    return one;
  };
  const settled = () => vi.advanceTimersByTimeAsync(0);
  return { pool, made, create, engine, settled, alive: () => made.filter(({ alive }) => alive).length };
}

test("the second call for a shape gets what was made ahead, and another shape's gets its own", async () => {
  const { pool, made, create, settled } = setUp(1);
  expect((await pool.take("a", create)).number).toBe(0);
  await settled();
  expect(made).toHaveLength(2);
  expect((await pool.take("a", create)).number).toBe(1);
  await settled();
  expect((await pool.take("b", create)).number).toBe(3);
});

test("two calls at once never get the same one", async () => {
  const { pool, create, settled } = setUp(1);
  await pool.take("a", create);
  await settled();
  const [one, other] = await Promise.all([pool.take("a", create), pool.take("a", create)]);
  expect(one).not.toBe(other);
});

test("what does not answer is not taken, and is ended", async () => {
  const { pool, made, create, settled } = setUp(2, { answers: false });
  await pool.take("a", create);
  await settled();
  expect((await pool.take("a", create)).number).toBe(3);
  expect(made.slice(1, 3).map(({ alive }) => alive)).toEqual([false, false]);
});

test("what dies while it waits is replaced after a second", async () => {
  const { pool, made, create, settled, alive } = setUp(1);
  await pool.take("a", create);
  await settled();
  made[1]?.die();
  await settled();
  expect(alive()).toBe(1);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(alive()).toBe(2);
});

test("an engine that makes none is asked ever more rarely, with a warning at the third failure in a row", async () => {
  const warnings: string[] = [];
  const log: Logger = { ...silentLogger, warn: (message) => warnings.push(message) };
  const { pool, made, create, engine, settled } = setUp(1, { log });
  await pool.take("a", create);
  await settled();
  engine.broken = true;
  made[1]?.die();
  await vi.advanceTimersByTimeAsync(2_000);
  expect(warnings).toEqual([]);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(warnings).toEqual(["sandboxes can't be kept ready ahead"]);
  engine.broken = false;
  await vi.advanceTimersByTimeAsync(3_999);
  expect(made).toHaveLength(2);
  await vi.advanceTimersByTimeAsync(1);
  expect(made).toHaveLength(3);
});

test("nothing is kept where none is wanted, after an idle while, for too many shapes, or after the end", async () => {
  const none = setUp(0);
  await none.pool.take("a", none.create);
  await none.settled();
  expect(none.alive()).toBe(1);

  const idle = setUp(2);
  await idle.pool.take("a", idle.create);
  await idle.settled();
  expect(idle.alive()).toBe(3);
  await vi.advanceTimersByTimeAsync(100_000);
  expect(idle.alive()).toBe(1);

  const shapes = setUp(1);
  for (const shape of ["a", "b", "c"]) await shapes.pool.take(shape, shapes.create);
  await shapes.settled();
  expect(shapes.alive()).toBe(5);

  const ended = setUp(2);
  const taken = await ended.pool.take("a", ended.create);
  await ended.pool[Symbol.asyncDispose]();
  expect([ended.alive(), taken.alive]).toEqual([1, true]);
  await ended.pool.take("a", ended.create);
  await ended.settled();
  expect(ended.alive()).toBe(2);
});

test("a call that fails is its caller's to hear of, and leaves nothing on the shelf", async () => {
  const { pool, create, engine, made } = setUp(1);
  engine.broken = true;
  await expect(pool.take("a", create)).rejects.toThrow("no room");
  expect(made).toHaveLength(0);
});
