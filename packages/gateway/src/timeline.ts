import type { Clock, Span } from "@claw/core";

export interface Timeline {
  readonly spans: readonly Span[];
  /** Begins a stage; the returned function ends it, once. */
  begin(stage: Span["stage"], label?: string): () => void;
}

/** Records the stages of one run since `receivedMs` (monotonic) and hands each to `onSpan` as it ends. */
export function createTimeline(clock: Clock, receivedMs: number, onSpan: (span: Span) => void): Timeline {
  const spans: Span[] = [];
  return {
    spans,
    begin(stage, label) {
      const beganMs = clock.monotonicMs();
      let ended = false;
      return () => {
        if (ended) return;
        ended = true;
        const span: Span = {
          stage,
          startMs: round(beganMs - receivedMs),
          durationMs: round(clock.monotonicMs() - beganMs),
          ...(label === undefined ? {} : { label }),
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
