import { type ComponentType, lazy, memo, type ReactElement, Suspense } from "react";

const Markdown = lazy(async () => ({ default: await loadMarkdown() }));

/** Without its part of the page, as after an update of the gateway, text is shown as it is. */
function loadMarkdown(): Promise<ComponentType<{ readonly text: string }>> {
  return import("./markdown.tsx").then(
    (loaded) => loaded.Markdown,
    () => PlainText,
  );
}

function PlainText({ text }: { readonly text: string }): ReactElement {
  return <p className="whitespace-pre-wrap">{text}</p>;
}

export interface AnswerTextProps {
  readonly text: string;
  readonly streaming: boolean;
}

/** Finished text is never parsed again: it is the same string, so this is the same picture. */
export const AnswerText = memo(function AnswerText({ text, streaming }: AnswerTextProps): ReactElement {
  return (
    <div className="prose" data-streaming={streaming || undefined}>
      <Suspense fallback={<PlainText text={text} />}>
        <Markdown text={text} />
      </Suspense>
    </div>
  );
});
