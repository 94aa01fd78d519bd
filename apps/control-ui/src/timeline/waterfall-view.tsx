import { type ReactElement, useState } from "react";
import { formatMs } from "../ui/format.ts";
import { STAGES } from "./stages.ts";
import type { Waterfall } from "./waterfall.ts";
import { WaterfallBar } from "./waterfall-bar.tsx";

export interface WaterfallViewProps {
  readonly waterfall: Waterfall;
  /** What goes on now, of a run that has not ended. */
  readonly underWay?: string;
}

/** Bars on a common time axis, one for each stage as it happened; a row that is pressed says more. */
export function WaterfallView({ waterfall, underWay }: WaterfallViewProps): ReactElement {
  const { rows, totalMs, ticks, stages, idleMs } = waterfall;
  const [chosen, setChosen] = useState<number>();
  return (
    <section aria-label="Timeline of this run" className="rise rounded-xl border bg-raised text-[13px] tabular-nums">
      <div className="flex items-baseline justify-between gap-4 px-4 pt-3.5 pb-2">
        <h3 className="text-sm font-semibold">Where the time went</h3>
        <p className="text-soft">
          <span className="text-base font-semibold text-ink">{formatMs(totalMs)}</span>{" "}
          {underWay === undefined ? "in total" : "so far"}
        </p>
      </div>
      <Share waterfall={waterfall} />
      <ul aria-label="Time by stage" className="flex flex-wrap gap-x-4 gap-y-1 px-4 pb-3.5">
        {stages.map((entry) => (
          <li key={entry.stage} className="flex items-center gap-1.5">
            <span aria-hidden="true" className={`size-2.5 rounded-[3px] ${STAGES[entry.stage].colour}`} />
            {STAGES[entry.stage].name}
            <span className="text-soft">{formatMs(entry.totalMs)}</span>
          </li>
        ))}
        {idleMs >= 0.05 && (
          <li className="flex items-center gap-1.5">
            <span aria-hidden="true" className="hatched size-2.5 rounded-[3px]" />
            {underWay === undefined ? "Between stages" : "Under way"}{" "}
            <span className="text-soft">{formatMs(idleMs)}</span>
          </li>
        )}
      </ul>
      <div className="border-t px-2 pt-1 pb-2">
        <div
          aria-hidden="true"
          className="relative mr-16 ml-[calc(38%+0.5rem)] h-6 text-[11px] text-soft sm:ml-[calc(34%+0.5rem)]"
        >
          {ticks.map(({ atMs, leftPercent }) => (
            <span
              key={atMs}
              className="absolute top-1.5 whitespace-nowrap max-sm:not-first:not-last:hidden"
              style={{ left: `${leftPercent}%` }}
            >
              {atMs === 0 ? "0" : formatMs(atMs)}
            </span>
          ))}
        </div>
        <ol>
          {rows.map((row, index) => (
            <WaterfallBar
              key={`${row.span.stage} ${row.span.startMs} ${row.span.label ?? ""}`}
              row={row}
              ticks={ticks}
              open={chosen === index}
              onToggle={() => setChosen(chosen === index ? undefined : index)}
            />
          ))}
        </ol>
        {underWay !== undefined && <UnderWay name={underWay} fromPercent={waterfall.endedPercent} />}
      </div>
    </section>
  );
}

function UnderWay({ name, fromPercent }: { readonly name: string; readonly fromPercent: number }): ReactElement {
  return (
    <p className="flex h-7 items-center px-2">
      <span className="w-[38%] shrink-0 truncate pr-3 sm:w-[34%]">
        Now <span className="text-soft">{name}</span>
      </span>
      <span aria-hidden="true" className="relative h-full min-w-0 flex-1">
        <span
          className="hatched breathe absolute inset-y-2 right-0 rounded-[3px]"
          style={{ left: `${fromPercent}%` }}
        />
      </span>
      <span className="w-16 shrink-0 text-right text-soft">…</span>
    </p>
  );
}

/** Each stage's part of the whole, as one strip. */
function Share({ waterfall: { stages, idleMs } }: { readonly waterfall: Waterfall }): ReactElement {
  return (
    <div aria-hidden="true" className="mx-4 mb-3 flex h-2 gap-px overflow-hidden rounded-full bg-sunken">
      {stages.map(({ stage, totalMs }) => (
        <span key={stage} className={`${STAGES[stage].colour} min-w-px basis-0`} style={{ flexGrow: totalMs }} />
      ))}
      {idleMs > 0 && <span className="hatched basis-0" style={{ flexGrow: idleMs }} />}
    </div>
  );
}
