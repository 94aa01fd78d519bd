import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createLanes, type Ticket } from "./lanes.ts";
import { manualClock } from "./manual-clock.fixture.ts";
import { type PlaceLimits, SILENT_MS } from "./places.ts";

const idle = () => new Promise((resolve) => setImmediate(resolve));

/** Lanes whose tickets run until they are let go, by name. */
function lanesOf(limits: PlaceLimits, onError: (error: unknown) => void = () => {}) {
  const clock = manualClock();
  const lanes = createLanes({ limits: () => limits, clock, onError });
  const begun: string[] = [];
  const doors = new Map<string, PromiseWithResolvers<void>>();
  const enqueue = (name: string, more: Partial<Ticket> = {}): void =>
    lanes.enqueue({
      lane: name.slice(0, -1),
      owner: "ada",
      async run() {
        begun.push(name);
        const door = Promise.withResolvers<void>();
        doors.set(name, door);
        await door.promise;
      },
      ...more,
    });
  const finish = async (name: string): Promise<void> => {
    doors.get(name)?.resolve();
    await idle();
  };
  return { lanes, clock, begun, enqueue, finish };
}

test("a lane takes one ticket at a time in order, beside other lanes", async () => {
  const { begun, enqueue, finish } = lanesOf({ total: 10 });
  for (const name of ["a1", "a2", "b1"]) enqueue(name);
  expect(begun).toEqual(["a1", "b1"]);
  await finish("a1");
  expect(begun).toEqual(["a1", "b1", "a2"]);
});

test("no more than the limit run at once, and a busy lane goes behind those that wait", async () => {
  const { begun, enqueue, finish } = lanesOf({ total: 1 });
  for (const name of ["a1", "a2", "b1"]) enqueue(name);
  await finish("a1");
  await finish("b1");
  expect(begun).toEqual(["a1", "b1", "a2"]);
});

test("places go round among persons, however many lanes one of them fills", async () => {
  const { begun, enqueue, finish } = lanesOf({ total: 1 });
  for (const lane of ["a", "b", "c", "d"]) enqueue(`${lane}1`, { owner: "ada" });
  enqueue("x1", { owner: "eve" });
  enqueue("y1", { owner: "bob" });
  for (const name of ["a1", "b1", "x1", "y1", "c1"]) await finish(name);
  expect(begun).toEqual(["a1", "b1", "x1", "y1", "c1", "d1"]);
});

test.each([
  ["person", { total: 10, perPerson: 1 }, { owner: "ada" }, { owner: "eve" }],
  ["channel", { total: 10, perChannel: 1 }, { channel: "x" }, { channel: "y" }],
] as const)("one %s takes no more than its share, and the others go on", async (_, limits, busy, other) => {
  const { begun, enqueue, finish } = lanesOf(limits);
  enqueue("a1", busy);
  enqueue("b1", busy);
  enqueue("c1", other);
  expect(begun).toEqual(["a1", "c1"]);
  await finish("a1");
  expect(begun).toEqual(["a1", "c1", "b1"]);
});

test("it is idle once nothing waits or runs, at once when it is so already", async () => {
  const { lanes, enqueue, finish } = lanesOf({ total: 1 });
  await lanes.idle();
  enqueue("a1");
  enqueue("b1");
  let isIdle = false;
  const waiting = lanes.idle().then(() => {
    isIdle = true;
  });
  expect(lanes.size).toBe(2);
  await finish("a1");
  expect(isIdle).toBe(false);
  await finish("b1");
  await waiting;
  expect(lanes.size).toBe(0);
});

test("a ticket that fails is reported, and its lane goes on", async () => {
  const errors: unknown[] = [];
  const { begun, enqueue } = lanesOf({ total: 1 }, (error) => errors.push(error));
  const failure = new Error("broken");
  enqueue("a1", { run: () => Promise.reject(failure) });
  enqueue("a2");
  await idle();
  expect(errors).toEqual([failure]);
  expect(begun).toEqual(["a2"]);
});

describe("a ticket that waits for a person", () => {
  const never = new AbortController().signal;

  test("gives its place up at once, and has one again in its turn, ahead of what has not begun", async () => {
    const { lanes, begun, enqueue, finish } = lanesOf({ total: 1 });
    for (const name of ["a1", "b1", "c1"]) enqueue(name);
    const comeBack = lanes.park("a");
    expect(begun).toEqual(["a1", "b1"]);
    let isBack = false;
    const back = comeBack(never).then(() => {
      isBack = true;
    });
    // What it says meanwhile takes it no place.
    lanes.alive("a");
    await idle();
    expect(isBack).toBe(false);
    await finish("b1");
    await back;
    expect(begun).toEqual(["a1", "b1"]);
    await finish("a1");
    expect(begun).toEqual(["a1", "b1", "c1"]);
    await finish("c1");
    await lanes.idle();
  });

  test("keeps its lane, so that nothing overtakes it there", async () => {
    const { lanes, begun, enqueue, finish } = lanesOf({ total: 2 });
    enqueue("a1");
    lanes.park("a");
    enqueue("a2");
    expect(begun).toEqual(["a1"]);
    await finish("a1");
    expect(begun).toEqual(["a1", "a2"]);
  });

  test("takes no place of another person, however many come back at once", async () => {
    const { lanes, begun, enqueue, finish } = lanesOf({ total: 1 });
    const comingBack = ["a", "b", "c"].map((lane) => {
      enqueue(`${lane}1`);
      return lanes.park(lane);
    });
    enqueue("x1", { owner: "eve" });
    enqueue("y1", { owner: "bob" });
    const back: number[] = [];
    comingBack.forEach((comeBack, index) => void comeBack(never).then(() => back.push(index)));
    await finish("x1");
    expect(begun).toEqual(["a1", "b1", "c1", "x1", "y1"]);
    expect(back).toEqual([]);
    await finish("y1");
    expect(back).toHaveLength(1);
    for (const name of ["c1", "b1", "a1"]) await finish(name);
    await lanes.idle();
    expect(back).toHaveLength(3);
  });

  test("is let go without a place when it is stopped", async () => {
    const { lanes, begun, enqueue, finish } = lanesOf({ total: 1 });
    enqueue("a1");
    enqueue("b1");
    const stopped = new AbortController();
    const back = lanes.park("a")(stopped.signal);
    stopped.abort();
    await back;
    await finish("a1");
    enqueue("c1");
    await finish("b1");
    expect(begun).toEqual(["a1", "b1", "c1"]);
  });

  test("comes back once for all its calls", async () => {
    const { lanes, begun, enqueue, finish } = lanesOf({ total: 1 });
    enqueue("a1");
    const first = lanes.park("a");
    const second = lanes.park("a");
    await Promise.all([first(never), second(never)]);
    await second(never);
    enqueue("b1");
    await finish("a1");
    expect(begun).toEqual(["a1", "b1"]);
  });
});

describe("a ticket in silence", () => {
  test("gives its place up, and takes one again when it moves", async () => {
    const { lanes, clock, begun, enqueue, finish } = lanesOf({ total: 1 });
    for (const name of ["a1", "b1", "c1"]) enqueue(name);
    clock.advance(SILENT_MS);
    expect(begun).toEqual(["a1", "b1"]);
    lanes.alive("a");
    clock.advance(SILENT_MS);
    // The first one moved: now both count, until the second is silent as well.
    expect(begun).toEqual(["a1", "b1", "c1"]);
    await finish("b1");
    expect(lanes.size).toBe(2);
  });

  test("keeps its place as long as something is heard of it", () => {
    const { lanes, clock, begun, enqueue } = lanesOf({ total: 1 });
    enqueue("a1");
    enqueue("b1");
    for (let round = 0; round < 10; round++) {
      clock.advance(SILENT_MS - 1);
      lanes.alive("a");
    }
    expect(begun).toEqual(["a1"]);
  });

  test("still has an end to how many may be open", () => {
    const { clock, begun, enqueue } = lanesOf({ total: 1 });
    for (let lane = 0; lane < 40; lane++) enqueue(`lane-${lane}-1`);
    for (let round = 0; round < 40; round++) clock.advance(SILENT_MS);
    expect(begun).toHaveLength(16);
  });
});

describe("a ticket that waits for quiet", () => {
  test("begins when its lane had nothing new for that long", () => {
    const { clock, begun, enqueue } = lanesOf({ total: 1 });
    enqueue("a1", { quietMs: 500 });
    clock.advance(400);
    enqueue("a2", { quietMs: 500 });
    clock.advance(400);
    expect(begun).toEqual([]);
    clock.advance(100);
    expect(begun).toEqual(["a1"]);
  });

  test("does not keep a stop waiting", async () => {
    const { lanes, begun, enqueue, finish } = lanesOf({ total: 1 });
    enqueue("a1", { quietMs: 500 });
    lanes.hurry();
    expect(begun).toEqual(["a1"]);
    await finish("a1");
    await lanes.idle();
  });
});

test("a ticket that comes after another begins when that has settled, and holds nobody else up", async () => {
  const { begun, enqueue } = lanesOf({ total: 1 });
  const { promise, reject } = Promise.withResolvers<void>();
  enqueue("a1", { after: promise });
  enqueue("a2");
  enqueue("b1", { run: async () => void begun.push("b1") });
  await idle();
  expect(begun).toEqual(["b1"]);
  reject(new Error("it failed"));
  await idle();
  expect(begun).toEqual(["b1", "a1"]);
});

test("over any tickets: all run once, each lane in its order and one at a time, within every limit", async () => {
  const ticket = fc.record({
    lane: fc.constantFrom("a", "b", "c", "d", "e"),
    owner: fc.constantFrom("ada", "eve"),
    channel: fc.constantFrom("x", "y"),
    turns: fc.nat(3),
    waits: fc.boolean(),
  });
  await fc.assert(
    fc.asyncProperty(
      fc.array(ticket, { maxLength: 30 }),
      fc.record({ total: fc.integer({ min: 1, max: 3 }), perPerson: fc.integer({ min: 1, max: 2 }) }),
      async (tickets, limits) => {
        const lanes = createLanes({ limits: () => limits, clock: manualClock(), onError: () => {} });
        const ran: number[] = [];
        const running: (typeof tickets)[number][] = [];
        const begin = (one: (typeof tickets)[number]): void => {
          running.push(one);
          expect(running.length).toBeLessThanOrEqual(limits.total);
          expect(running.filter(({ owner }) => owner === one.owner).length).toBeLessThanOrEqual(limits.perPerson);
          expect(running.filter(({ lane }) => lane === one.lane)).toHaveLength(1);
        };
        tickets.forEach((one, index) => {
          lanes.enqueue({
            ...one,
            async run() {
              begin(one);
              for (let turn = 0; turn < one.turns; turn++) await Promise.resolve();
              if (one.waits) {
                running.splice(running.indexOf(one), 1);
                const comeBack = lanes.park(one.lane);
                for (let turn = 0; turn < one.turns; turn++) await Promise.resolve();
                await comeBack(new AbortController().signal);
                begin(one);
              }
              ran.push(index);
              running.splice(running.indexOf(one), 1);
            },
          });
        });
        await lanes.idle();
        expect(ran.toSorted((a, b) => a - b)).toEqual(tickets.map((_, index) => index));
        for (const name of ["a", "b", "c", "d", "e"]) {
          const inLane = ran.filter((index) => tickets[index]?.lane === name);
          expect(inLane).toEqual(inLane.toSorted((a, b) => a - b));
        }
      },
    ),
  );
});
