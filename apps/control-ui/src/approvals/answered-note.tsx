import type { ReactElement } from "react";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import type { AnsweredElsewhere } from "./answered-elsewhere.ts";

export interface AnsweredNoteProps {
  readonly answered: AnsweredElsewhere;
  readonly onDismiss: () => void;
}

/** Says who answered what this page was about to. */
export function AnsweredNote({ answered: { row, allowed, by }, onDismiss }: AnsweredNoteProps): ReactElement {
  return (
    <div className="flex items-center gap-2 rounded-xl border bg-panel py-1.5 pr-1.5 pl-4 text-sm">
      <Icon name={allowed ? "check" : "cross"} className={`size-4 ${allowed ? "text-good" : "text-bad"}`} />
      <p className="min-w-0 flex-1 truncate">
        {by === undefined ? "Denied: nobody answered in time" : `${allowed ? "Approved" : "Denied"} by ${by}`}{" "}
        <code className="font-mono text-[13px] text-soft">{row.request.command}</code>
      </p>
      <Button kind="icon" aria-label="Dismiss" onClick={onDismiss}>
        <Icon name="close" />
      </Button>
    </div>
  );
}
