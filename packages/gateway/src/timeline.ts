import type { Clock, Span } from "@claw/core";

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

/** Microseconds are as fine as anybody looks. */
function round(milliseconds: number): number {
  return Math.round(milliseconds * 1_000) / 1_000;
}
