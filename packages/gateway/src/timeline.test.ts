import type { Span } from "@claw/core";
import { expect, test } from "vitest";
import { manualClock } from "./manual-clock.fixture.ts";
import { createTimeline } from "./timeline.ts";

test("a stage counts from the moment the message came, and is told of when it ends", () => {
  const clock = manualClock();
  const told: Span[] = [];
  clock.advance(100);
  const timeline = createTimeline(clock, 90, (span) => told.push(span));
  const end = timeline.begin("model", "fake/one");
  clock.advance(5.123456);
  expect(told).toEqual([]);
  end();
  expect(told).toEqual([{ stage: "model", label: "fake/one", startMs: 10, durationMs: 5.123 }]);
  expect(timeline.spans).toEqual(told);
});

test("a stage ends once, and stages overlap", () => {
  const clock = manualClock();
  const timeline = createTimeline(clock, 0, () => {});
  const endTool = timeline.begin("tool");
  clock.advance(1);
  const endSandbox = timeline.begin("sandbox");
  clock.advance(1);
  endSandbox();
  clock.advance(1);
  endTool();
  endTool();
  expect(timeline.spans).toEqual([
    { stage: "sandbox", startMs: 1, durationMs: 1 },
    { stage: "tool", startMs: 0, durationMs: 3 },
  ]);
});
