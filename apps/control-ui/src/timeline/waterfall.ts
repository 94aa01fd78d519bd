import type { TimelineSpan } from "@claw/protocol";
import type { Stage } from "./stages.ts";

export interface Waterfall {
  /** By start. */
  readonly rows: readonly WaterfallRow[];
  readonly totalMs: number;
  /** Round times along the axis, 0 included, the end not. */
  readonly ticks: readonly WaterfallTick[];
  /** Each stage that took part, the longest first. */
  readonly stages: readonly { readonly stage: Stage; readonly totalMs: number }[];
  /** Where the last stage ended: what comes after it is still under way. */
  readonly endedPercent: number;
  /** The part of the total in which no stage was at work. */
  readonly idleMs: number;
}

export interface WaterfallRow {
  readonly span: TimelineSpan;
  /** Of the axis, 0 to 100. */
  readonly leftPercent: number;
  readonly widthPercent: number;
}

export interface WaterfallTick {
  readonly atMs: number;
  readonly leftPercent: number;
}

/** Lays spans out on one axis from 0 to the later of their end and `untilMs`. */
export function layOut(spans: readonly TimelineSpan[], untilMs = 0): Waterfall {
  const ordered = unique(spans).sort(
    (left, right) => left.startMs - right.startMs || right.durationMs - left.durationMs,
  );
  const totalMs = Math.max(untilMs, ...ordered.map(endOf), 0);
  const percent = (milliseconds: number): number => (totalMs === 0 ? 0 : (milliseconds / totalMs) * 100);
  const rows = ordered.map((span) => {
    const leftPercent = clamp(percent(span.startMs));
    return { span, leftPercent, widthPercent: clamp(percent(endOf(span))) - leftPercent };
  });
  const ticks = ticksUpTo(totalMs).map((atMs) => ({ atMs, leftPercent: percent(atMs) }));
  const endedPercent = clamp(percent(Math.max(0, ...ordered.map(endOf))));
  const idleMs = Math.max(0, totalMs - coveredMs(ordered));
  return { rows, totalMs, ticks, stages: byStage(ordered), endedPercent, idleMs };
}

/** The same span may come as an event and in the run's row. */
function unique(spans: readonly TimelineSpan[]): TimelineSpan[] {
  const byPlace = new Map(spans.map((span) => [`${span.stage} ${span.startMs} ${span.label ?? ""}`, span]));
  return [...byPlace.values()];
}

const endOf = ({ startMs, durationMs }: TimelineSpan): number => startMs + durationMs;
const clamp = (percent: number): number => Math.min(100, Math.max(0, percent));

function byStage(spans: readonly TimelineSpan[]): Waterfall["stages"] {
  const totals = new Map<Stage, number>();
  for (const { stage, durationMs } of spans) totals.set(stage, (totals.get(stage) ?? 0) + durationMs);
  return [...totals]
    .map(([stage, totalMs]) => ({ stage, totalMs }))
    .sort((left, right) => right.totalMs - left.totalMs);
}

/** Time in which at least one span ran; `ordered` by start. */
function coveredMs(ordered: readonly TimelineSpan[]): number {
  let covered = 0;
  let reached = 0;
  for (const span of ordered) {
    covered += Math.max(0, endOf(span) - Math.max(reached, span.startMs));
    reached = Math.max(reached, endOf(span));
  }
  return covered;
}

const MAX_TICKS = 5;
/** Spans are no finer. */
const MIN_AXIS_MS = 0.001;

/** Multiples of 1, 2, 2.5 or 5 times a power of ten, at most five of them, the last well before the end. */
function ticksUpTo(totalMs: number): readonly number[] {
  if (totalMs < MIN_AXIS_MS) return [];
  const rough = totalMs / MAX_TICKS;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 2.5, 5, 10].map((factor) => factor * power).find((size) => size >= rough) ?? rough;
  const count = Math.floor((totalMs * 0.92) / step) + 1;
  return Array.from({ length: count }, (_, index) => Number((index * step).toPrecision(12)));
}
