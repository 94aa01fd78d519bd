import { type ReactElement, useId } from "react";
import { choose, type Draft, type Question, write } from "./answers.ts";

export interface QuestionFieldProps {
  readonly question: Question;
  readonly draft: Draft;
  readonly disabled: boolean;
  readonly onChange: (draft: Draft) => void;
}

/** One question with its options and a field for words of one's own. */
export function QuestionField({ question, draft, disabled, onChange }: QuestionFieldProps): ReactElement {
  const name = useId();
  const { options, multiSelect = false, question: text } = question;
  return (
    <fieldset disabled={disabled} className="space-y-2">
      <legend className="font-medium [overflow-wrap:anywhere]">{text}</legend>
      {multiSelect && <p className="text-[13px] text-soft">Several may be chosen.</p>}
      <div className="grid gap-1.5 sm:grid-cols-2">
        {options.map(({ label, description }) => (
          <label
            key={label}
            className="flex cursor-pointer items-start gap-2.5 rounded-lg border px-3 py-2 hover:bg-panel has-checked:border-accent has-checked:bg-panel"
          >
            <input
              type={multiSelect ? "checkbox" : "radio"}
              name={name}
              className="mt-0.5 size-4 shrink-0 accent-accent"
              checked={draft.chosen.includes(label)}
              onChange={() => onChange(choose(question, draft, label))}
            />
            <span className="min-w-0 [overflow-wrap:anywhere]">
              {label}
              {description !== undefined && <span className="block text-[13px] text-soft">{description}</span>}
            </span>
          </label>
        ))}
      </div>
      <input
        type="text"
        aria-label={`Answer in your own words: ${text}`}
        placeholder={options.length === 0 ? "Your answer" : "Or in your own words"}
        maxLength={4_096}
        className="h-10 w-full rounded-lg border bg-sunken px-3"
        value={draft.own}
        onChange={(event) => onChange(write(question, draft, event.target.value))}
      />
    </fieldset>
  );
}
