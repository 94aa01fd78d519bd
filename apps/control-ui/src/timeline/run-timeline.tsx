import type { TimelineSpan } from "@claw/protocol";
import { type ReactElement, useEffect, useState } from "react";
import type { Turn } from "../conversation/conversation.ts";
import { useRun } from "../gateway/queries.ts";
import { layOut } from "./waterfall.ts";
import { WaterfallView } from "./waterfall-view.tsx";

export interface RunTimelineProps {
  readonly runId: string;
  readonly turn: Turn;
}

const NONE: readonly TimelineSpan[] = [];
const LIVE_MS = 200;

/** Where the time of one run went; of a run under way, so far. */
export function RunTimeline({ runId, turn }: RunTimelineProps): ReactElement {
  const working = turn.status === "working";
  const { data, isError, refetch } = useRun(runId, true);
  const nowMs = useNow(working);
  useEffect(() => {
    if (!working) void refetch();
  }, [working, refetch]);

  const recorded = data?.run.timeline ?? NONE;
  const spans = [...recorded, ...(turn.spans ?? NONE)];
  // The gateway's clock and this one may differ, so the time so far is measured here alone.
  const untilMs = working && turn.firstSeenMs !== undefined ? nowMs - turn.firstSeenMs : 0;
  if (spans.length === 0)
    return (
      <p className="rounded-xl border bg-panel px-4 py-3 text-sm text-soft">
        {working ? "The first stage is still running." : isError ? "This run's timeline is not available." : "Loading…"}
      </p>
    );
  return <WaterfallView waterfall={layOut(spans, untilMs)} {...(working && { underWay: underWay(turn) })} />;
}

/** What goes on now, as far as events tell before its span does. */
function underWay({ parts }: Turn): string {
  const running = parts.findLast((part) => part.kind === "tool" && part.call.state === "running");
  return running?.kind === "tool" ? running.call.name : "model";
}

/** Unix milliseconds, renewed while `ticking`. */
function useNow(ticking: boolean): number {
  const [nowMs, setNowMs] = useState(Date.now);
  useEffect(() => {
    if (!ticking) return;
    const timer = setInterval(() => setNowMs(Date.now()), LIVE_MS);
    return () => clearInterval(timer);
  }, [ticking]);
  return nowMs;
}
