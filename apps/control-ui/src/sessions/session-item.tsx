import type { SessionRow } from "@claw/protocol";
import type { ReactElement } from "react";
import { formatAgo } from "../ui/format.ts";
import { titleOf } from "./session-key.ts";
import { useOtherOwner } from "./whose.ts";

export interface SessionItemProps {
  readonly row: SessionRow;
  /** Where it is not the default one. */
  readonly agent: string | undefined;
  /** Unix milliseconds. */
  readonly nowMs: number;
  readonly selected: boolean;
  readonly onSelect: () => void;
}

export function SessionItem({ row, agent, nowMs, selected, onSelect }: SessionItemProps): ReactElement {
  const owner = useOtherOwner(row);
  return (
    <li>
      <button
        type="button"
        aria-current={selected ? "page" : undefined}
        onClick={onSelect}
        className="flex w-full flex-col rounded-lg px-3 py-2 text-left -outline-offset-2 hover:bg-sunken aria-[current]:bg-raised aria-[current]:shadow-sm"
      >
        <span className="w-full truncate text-sm font-medium">{titleOf(row)}</span>
        <span className="flex w-full items-center gap-1.5 text-xs text-soft">
          {row.hasActiveRun ? (
            <>
              <span aria-hidden="true" className="breathe size-1.5 rounded-full bg-accent" /> working
            </>
          ) : (
            <time dateTime={new Date(row.updatedAt).toISOString()}>{formatAgo(row.updatedAt, nowMs)}</time>
          )}
          {agent !== undefined && <span className="truncate">· {agent}</span>}
          {owner !== undefined && <span className="truncate">· {owner}</span>}
        </span>
      </button>
    </li>
  );
}
