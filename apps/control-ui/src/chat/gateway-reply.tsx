import type { ReactElement } from "react";
import { Icon } from "../ui/icons.tsx";
import { AnswerText } from "./answer-text.tsx";

/** What no model said: the answer to a text command, or a note from outside. */
export function GatewayReply({ text }: { readonly text: string }): ReactElement {
  return (
    <section
      aria-label="Reply of the gateway"
      className="flex gap-3 rounded-xl border bg-panel px-4 py-3 text-sm [&_p]:whitespace-pre-line"
    >
      <Icon name="terminal" className="mt-1 size-4 text-soft" />
      <div className="min-w-0 flex-1">
        <AnswerText text={text} streaming={false} />
      </div>
    </section>
  );
}
