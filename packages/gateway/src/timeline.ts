import type { Clock, Span } from "@claw/core";
import type { Hub, RunRef } from "./events.ts";
import type { Runs } from "./runs.ts";

/** A stage that has not ended. */
export interface OpenStage extends Pick<Span, "stage" | "label"> {
  /** On the monotonic clock. */
  readonly beganMs: number;
}

export interface Timeline {
  readonly spans: readonly Span[];
  /** In the order begun. */
  readonly open: Iterable<OpenStage>;
  /** Begins a stage; the returned function ends it, once. */
  begin(stage: Span["stage"], label?: string): () => void;
}

/** Records the stages of one run since `receivedMs` (monotonic) and hands each to `onSpan` as it ends. */
export function createTimeline(clock: Clock, receivedMs: number, onSpan: (span: Span) => void): Timeline {
  const spans: Span[] = [];
  const open = new Set<OpenStage>();
  return {
    spans,
    open,
    begin(stage, label) {
      const named = label === undefined ? { stage } : { stage, label };
      const begun: OpenStage = { ...named, beganMs: clock.monotonicMs() };
      open.add(begun);
      return () => {
        if (!open.delete(begun)) return;
        const span: Span = {
          ...named,
          startMs: round(begun.beganMs - receivedMs),
          durationMs: round(clock.monotonicMs() - begun.beganMs),
        };
        spans.push(span);
        onSpan(span);
      };
    },
  };
}

export type TimelineOf = (ref: RunRef, receivedMs: number) => Timeline;

/** Spans are told while their run is active: before that there may never be one, and it may have had its end. */
export function toldTimelines({ clock, runs, hub }: { clock: Clock; runs: Pick<Runs, "get">; hub: Hub }): TimelineOf {
  return (ref, receivedMs) => {
    const timeline = createTimeline(clock, receivedMs, (span) => {
      if (runs.get(ref.run)?.timeline === timeline) hub.publish({ ...ref, type: "span", span });
    });
    return timeline;
  };
}

/** Microseconds are as fine as anybody looks. */
function round(milliseconds: number): number {
  return Math.round(milliseconds * 1_000) / 1_000;
}
