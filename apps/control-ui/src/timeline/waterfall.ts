import type { TimelineSpan } from "@claw/protocol";
import type { Stage } from "./stages.ts";

export interface Waterfall {
  /** By start. */
  readonly rows: readonly WaterfallRow[];
  readonly totalMs: number;
  /** Round times along the axis, 0 included, the end not. */
  readonly ticks: readonly WaterfallTick[];
  /** Each stage that took part and its own time, the longest first; with {@link idleMs} they sum up to the total. */
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
  /** Without the stages that ran inside it. */
  readonly ownMs: number;
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
  const ownMs = ownTimes(ordered);
  const rows = ordered.map((span) => {
    const leftPercent = clamp(percent(span.startMs));
    const widthPercent = clamp(percent(endOf(span))) - leftPercent;
    return { span, leftPercent, widthPercent, ownMs: ownMs.get(span) ?? 0 };
  });
  const ticks = ticksUpTo(totalMs).map((atMs) => ({ atMs, leftPercent: percent(atMs) }));
  const endedPercent = clamp(percent(Math.max(0, ...ordered.map(endOf))));
  const stages = byStage(rows);
  const idleMs = Math.max(0, totalMs - stages.reduce((sum, stage) => sum + stage.totalMs, 0));
  return { rows, totalMs, ticks, stages, endedPercent, idleMs };
}

/** The same span may come as an event and in the run's row. */
function unique(spans: readonly TimelineSpan[]): TimelineSpan[] {
  const byPlace = new Map(spans.map((span) => [`${span.stage} ${span.startMs} ${span.label ?? ""}`, span]));
  return [...byPlace.values()];
}

const endOf = ({ startMs, durationMs }: TimelineSpan): number => startMs + durationMs;
const clamp = (percent: number): number => Math.min(100, Math.max(0, percent));

/** Each moment belongs to one span alone: of those that run, the one that began last. */
function ownTimes(ordered: readonly TimelineSpan[]): ReadonlyMap<TimelineSpan, number> {
  const own = new Map<TimelineSpan, number>();
  const moments = [...new Set(ordered.flatMap((span) => [span.startMs, endOf(span)]))].sort(
    (left, right) => left - right,
  );
  let fromMs = moments[0] ?? 0;
  for (const toMs of moments.slice(1)) {
    const innermost = ordered.findLast((span) => span.startMs <= fromMs && endOf(span) >= toMs);
    if (innermost !== undefined) own.set(innermost, (own.get(innermost) ?? 0) + toMs - fromMs);
    fromMs = toMs;
  }
  return own;
}

function byStage(rows: readonly WaterfallRow[]): Waterfall["stages"] {
  const totals = new Map<Stage, number>();
  for (const { span, ownMs } of rows) totals.set(span.stage, (totals.get(span.stage) ?? 0) + ownMs);
  return [...totals]
    .map(([stage, totalMs]) => ({ stage, totalMs }))
    .sort((left, right) => right.totalMs - left.totalMs);
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
