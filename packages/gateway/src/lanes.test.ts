import { expect, test } from "vitest";
import { createLanes } from "./lanes.ts";

/** Tasks that run until they are let go, by name. */
function tasks() {
  const begun: string[] = [];
  const doors = new Map<string, PromiseWithResolvers<void>>();
  const task = (name: string) => async () => {
    begun.push(name);
    const door = Promise.withResolvers<void>();
    doors.set(name, door);
    await door.promise;
  };
  const finish = async (name: string): Promise<void> => {
    doors.get(name)?.resolve();
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { begun, task, finish };
}

const report = (error: unknown): never => {
  throw error;
};

test("a lane takes one task at a time in order, beside other lanes", async () => {
  const { begun, task, finish } = tasks();
  const lanes = createLanes(10, report);
  for (const name of ["a1", "a2", "b1"]) lanes.enqueue(name.slice(0, 1), task(name));
  expect(begun).toEqual(["a1", "b1"]);
  await finish("a1");
  expect(begun).toEqual(["a1", "b1", "a2"]);
});

test("no more than the limit run at once, and a busy lane goes behind those that wait", async () => {
  const { begun, task, finish } = tasks();
  const lanes = createLanes(1, report);
  for (const name of ["a1", "a2", "b1"]) lanes.enqueue(name.slice(0, 1), task(name));
  await finish("a1");
  await finish("b1");
  expect(begun).toEqual(["a1", "b1", "a2"]);
});

test("it is idle once nothing waits or runs, at once when it is so already", async () => {
  const { task, finish } = tasks();
  const lanes = createLanes(1, report);
  await lanes.idle();
  lanes.enqueue("a", task("a1"));
  lanes.enqueue("b", task("b1"));
  let idle = false;
  const waiting = lanes.idle().then(() => {
    idle = true;
  });
  expect(lanes.size).toBe(2);
  await finish("a1");
  expect(idle).toBe(false);
  await finish("b1");
  await waiting;
  expect(lanes.size).toBe(0);
});

test("a task that fails is reported, and its lane goes on", async () => {
  const errors: unknown[] = [];
  const lanes = createLanes(1, (error) => errors.push(error));
  const failure = new Error("broken");
  lanes.enqueue("a", () => Promise.reject(failure));
  const next = Promise.withResolvers<void>();
  lanes.enqueue("a", async () => next.resolve());
  await next.promise;
  expect(errors).toEqual([failure]);
});
