import { lazy, memo, type ReactElement, Suspense } from "react";

const Markdown = lazy(async () => ({ default: (await import("./markdown.tsx")).Markdown }));

export interface AnswerTextProps {
  readonly text: string;
  readonly streaming: boolean;
}

/** Finished text is never parsed again: it is the same string, so this is the same picture. */
export const AnswerText = memo(function AnswerText({ text, streaming }: AnswerTextProps): ReactElement {
  return (
    <div className="prose" data-streaming={streaming || undefined}>
      <Suspense fallback={<p className="whitespace-pre-wrap">{text}</p>}>
        <Markdown text={text} />
      </Suspense>
    </div>
  );
});
