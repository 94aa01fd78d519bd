import type { TimelineSpan } from "@claw/protocol";
import fc from "fast-check";
import { expect, test } from "vitest";
import { STAGES, type Stage } from "./stages.ts";
import { layOut } from "./waterfall.ts";

const span = (stage: Stage, startMs: number, durationMs: number, label?: string): TimelineSpan => ({
  stage,
  startMs,
  durationMs,
  ...(label !== undefined && { label }),
});

test("bars stand on one axis that ends with the last of them", () => {
  const { rows, totalMs } = layOut([span("model", 20, 60), span("accept", 0, 20), span("deliver", 80, 20)]);
  expect(totalMs).toBe(100);
  expect(rows.map(({ span: { stage }, leftPercent, widthPercent }) => [stage, leftPercent, widthPercent])).toEqual([
    ["accept", 0, 20],
    ["model", 20, 60],
    ["deliver", 80, 20],
  ]);
});

test("a span that comes twice is one bar", () => {
  expect(layOut([span("model", 0, 10, "m"), span("model", 0, 10, "m")]).rows).toHaveLength(1);
});

test("time is summed by stage, longest first, and what no stage took is named", () => {
  const { stages, idleMs } = layOut([span("tool", 0, 10), span("model", 20, 30), span("tool", 60, 30)]);
  expect(stages).toEqual([
    { stage: "tool", totalMs: 40 },
    { stage: "model", totalMs: 30 },
  ]);
  expect(idleMs).toBe(20);
});

test("a stage within another counts once, for the inner one", () => {
  const { rows, stages, idleMs } = layOut([span("tool", 10, 80), span("sandbox", 20, 50), span("decide", 15, 5)]);
  expect(stages).toEqual([
    { stage: "sandbox", totalMs: 50 },
    { stage: "tool", totalMs: 25 },
    { stage: "decide", totalMs: 5 },
  ]);
  expect(rows.map(({ ownMs }) => ownMs)).toEqual([25, 5, 50]);
  expect(idleMs).toBe(10);
});

test("of a run under way the axis ends now", () => {
  expect(layOut([span("model", 0, 50)], 200)).toMatchObject({ totalMs: 200, endedPercent: 25, idleMs: 150 });
});

test("ticks are round and few", () => {
  expect(layOut([span("model", 0, 1_060)]).ticks.map(({ atMs }) => atMs)).toEqual([0, 250, 500, 750]);
  expect(layOut([]).ticks).toEqual([]);
});

test("any spans stay on the axis, and their stages sum up to the total", () => {
  const spans = fc.array(
    fc.record({
      stage: fc.constantFrom(...(Object.keys(STAGES) as Stage[])),
      startMs: fc.double({ min: 0, max: 1e7, noNaN: true }),
      durationMs: fc.double({ min: 0, max: 1e7, noNaN: true }),
    }),
  );
  fc.assert(
    fc.property(spans, fc.double({ min: 0, max: 1e7, noNaN: true }), (all, untilMs) => {
      const { rows, ticks, stages, idleMs, totalMs } = layOut(all, untilMs);
      for (const { leftPercent, widthPercent } of rows) {
        expect(leftPercent).toBeGreaterThanOrEqual(0);
        expect(widthPercent).toBeGreaterThanOrEqual(-1e-9);
        expect(leftPercent + widthPercent).toBeLessThanOrEqual(100 + 1e-9);
      }
      expect(ticks.length).toBeLessThanOrEqual(6);
      expect(stages.reduce((sum, stage) => sum + stage.totalMs, idleMs)).toBeCloseTo(totalMs, 3);
    }),
  );
});
