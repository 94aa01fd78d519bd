import type { RunRow } from "@claw/protocol";
import { type ReactElement, useId, useState } from "react";
import type { Turn } from "../conversation/conversation.ts";
import { RunTimeline } from "../timeline/run-timeline.tsx";
import { layOut } from "../timeline/waterfall.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { formatCount, formatMs } from "../ui/format.ts";
import { Icon } from "../ui/icons.tsx";

export interface TurnFooterProps {
  readonly turn: Turn;
  readonly runId: string;
  readonly run: RunRow | undefined;
}

/** What an answer took, and on request where the time went. */
export function TurnFooter({ turn, runId, run }: TurnFooterProps): ReactElement {
  const [open, setOpen] = useState(false);
  const panelId = useId();
  const working = turn.status === "working";
  const totalMs = run?.endedAt === undefined ? undefined : layOut(run.timeline).totalMs;
  const tokens = turn.usage?.totalTokens;
  const answer = turn.parts.findLast((part) => part.kind === "text");
  return (
    <footer className="space-y-3">
      <div className="flex flex-wrap items-center gap-x-1 text-[13px] text-soft tabular-nums">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={panelId}
          onClick={() => setOpen(!open)}
          className="-ml-2 inline-flex h-7 items-center gap-1.5 rounded-md px-2 hover:bg-sunken hover:text-ink"
        >
          <Icon name="waterfall" className="size-3.5" />
          {totalMs === undefined ? "Timeline" : formatMs(totalMs)}
          <span className="sr-only">: where the time went</span>
          <Icon name="chevron" className={`size-3 transition-transform ${open ? "rotate-90" : ""}`} />
        </button>
        {!working && answer?.kind === "text" && <CopyButton text={answer.text} what="answer" />}
        {tokens !== undefined && <span className="px-1.5">{formatCount(tokens, "token")}</span>}
        {turn.model !== undefined && <span className="truncate px-1.5 max-sm:hidden">{turn.model}</span>}
      </div>
      <div id={panelId}>{open && <RunTimeline runId={runId} turn={turn} />}</div>
    </footer>
  );
}
