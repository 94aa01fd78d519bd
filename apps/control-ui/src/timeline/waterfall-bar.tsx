import { type ReactElement, useId } from "react";
import { formatMs } from "../ui/format.ts";
import { STAGES } from "./stages.ts";
import type { WaterfallRow, WaterfallTick } from "./waterfall.ts";

export interface WaterfallBarProps {
  readonly row: WaterfallRow;
  readonly ticks: readonly WaterfallTick[];
  readonly open: boolean;
  readonly onToggle: () => void;
}

/** One stage: its name, its bar, its length; opened, everything known about it. */
export function WaterfallBar({ row, ticks, open, onToggle }: WaterfallBarProps): ReactElement {
  const { span, leftPercent, widthPercent, ownMs } = row;
  const { name, meaning, colour } = STAGES[span.stage];
  const detailsId = useId();
  return (
    <li>
      <button
        type="button"
        aria-expanded={open}
        aria-controls={detailsId}
        onClick={onToggle}
        className="flex h-7 w-full items-center rounded-md px-2 text-left -outline-offset-1 hover:bg-panel"
      >
        <span className="w-[38%] shrink-0 truncate pr-3 sm:w-[34%]">
          {name}
          {span.label !== undefined && <span className="text-soft"> {span.label}</span>}
        </span>
        <span aria-hidden="true" className="relative h-full min-w-0 flex-1">
          {ticks.map(({ atMs, leftPercent: left }) => (
            <span key={atMs} className="absolute inset-y-0 w-px bg-line" style={{ left: `${left}%` }} />
          ))}
          <span
            className={`absolute inset-y-2 min-w-[3px] rounded-[3px] ${colour}`}
            style={{ left: `min(${leftPercent}%, calc(100% - 3px))`, width: `${widthPercent}%` }}
          />
        </span>
        <span className="w-16 shrink-0 text-right">{formatMs(span.durationMs)}</span>
      </button>
      <div id={detailsId}>
        {open && (
          <dl className="rise mx-2 mb-1.5 grid grid-cols-[auto_1fr] gap-x-4 gap-y-0.5 rounded-lg bg-panel px-3 py-2.5">
            <dt className="text-soft">Stage</dt>
            <dd>
              {name}: {meaning.charAt(0).toLowerCase() + meaning.slice(1)}
            </dd>
            {span.label !== undefined && (
              <>
                <dt className="text-soft">What</dt>
                <dd className="font-mono text-xs leading-5 [overflow-wrap:anywhere]">{span.label}</dd>
              </>
            )}
            <dt className="text-soft">When</dt>
            <dd>
              {formatMs(span.startMs)} to {formatMs(span.startMs + span.durationMs)}, {formatMs(span.durationMs)} long
              {span.durationMs - ownMs >= 0.05 && `, ${formatMs(ownMs)} of it without the stages inside`}
            </dd>
          </dl>
        )}
      </div>
    </li>
  );
}
