import type { ReactElement } from "react";
import { Icon, type IconName, Mark } from "../ui/icons.tsx";

/** Each one works with the offline demo too, which is what answers on a first visit. */
const EXAMPLES: readonly { readonly icon: IconName; readonly prompt: string }[] = [
  { icon: "file", prompt: "Read the CSV file in /workspace and summarize the top 10 rows" },
  { icon: "terminal", prompt: "List the files in /workspace" },
  { icon: "tool", prompt: "Write hello to notes.txt, then show notes.txt, then run `wc -c notes.txt`" },
  { icon: "box", prompt: "What can you do?" },
];

export function EmptyState({ onPick }: { readonly onPick: (prompt: string) => void }): ReactElement {
  return (
    <div className="min-h-0 flex-1 overflow-y-auto">
      <div className="mx-auto flex min-h-full w-full max-w-3xl flex-col justify-center px-4 py-10 sm:px-6">
        <Mark className="mb-5 size-11" />
        <h2 className="text-2xl font-semibold tracking-tight">What shall we do?</h2>
        <p className="mt-1.5 mb-7 max-w-prose text-soft">
          Your agent works in a sandbox on this gateway. You see every command it runs, and how long each step took.
        </p>
        <ul className="grid gap-2.5 sm:grid-cols-2">
          {EXAMPLES.map(({ icon, prompt }) => (
            <li key={prompt}>
              <button
                type="button"
                onClick={() => onPick(prompt)}
                className="flex h-full w-full items-start gap-3 rounded-xl border bg-raised p-4 text-left text-sm leading-snug transition-colors hover:border-edge hover:bg-panel"
              >
                <Icon name={icon} className="mt-px size-4 text-accent" />
                {prompt}
              </button>
            </li>
          ))}
        </ul>
      </div>
    </div>
  );
}
