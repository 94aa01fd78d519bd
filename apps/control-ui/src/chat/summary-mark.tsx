import { type ReactElement, useId, useState } from "react";
import { Icon } from "../ui/icons.tsx";
import { AnswerText } from "./answer-text.tsx";

/** Where the model's sight of the conversation begins; opens to what stands for the messages before. */
export function SummaryMark({ text }: { readonly text: string }): ReactElement {
  const [open, setOpen] = useState(false);
  const panelId = useId();
  return (
    <div className="space-y-3">
      <div className="flex items-center gap-2 text-[13px] text-soft before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
        <button
          type="button"
          aria-expanded={open}
          aria-controls={panelId}
          onClick={() => setOpen(!open)}
          className="inline-flex min-h-7 items-center gap-1.5 rounded-md px-2 hover:bg-sunken hover:text-ink"
        >
          Earlier messages were summarised
          <Icon name="chevron" className={`size-3 transition-transform ${open ? "rotate-90" : ""}`} />
        </button>
      </div>
      <div id={panelId}>
        {open && (
          <section
            aria-label="Summary"
            className="space-y-2 rounded-xl border bg-panel px-4 py-3 text-sm [&_p]:whitespace-pre-line"
          >
            <p className="text-[13px] text-soft">What the model reads in their place. Nothing above is lost.</p>
            <AnswerText text={text} streaming={false} />
          </section>
        )}
      </div>
    </div>
  );
}
