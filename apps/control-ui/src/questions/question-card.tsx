import type { QuestionRow } from "@claw/protocol";
import { type FormEvent, type ReactElement, useState } from "react";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { answersOf, type Draft, EMPTY } from "./answers.ts";
import { QuestionField } from "./question-field.tsx";
import { useReply } from "./use-questions.ts";

export interface QuestionCardProps {
  readonly row: QuestionRow;
  /** It waits in the open chat. */
  readonly here: boolean;
}

export function QuestionCard({ row, here }: QuestionCardProps): ReactElement {
  const { agentId, sessionKey, questions, expiresAtMs } = row;
  const [drafts, setDrafts] = useState<Readonly<Record<string, Draft>>>({});
  const { mutate, isPending, error } = useReply(row);
  const answers = answersOf(questions, drafts);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (answers !== undefined) mutate(answers);
  };
  return (
    <article
      aria-label={`${agentId} asks a question`}
      className="rise rounded-xl border border-accent/50 bg-raised px-4 py-3 text-sm"
    >
      <form className="space-y-3" onSubmit={submit}>
        <p className="flex flex-wrap items-center gap-x-2 text-[13px] text-soft">
          <Icon name="spark" className="size-4 text-accent" /> {agentId} asks
          {!here && <span className="[overflow-wrap:anywhere]">in {sessionKey}</span>}
          <span className="ml-auto">until {new Date(expiresAtMs).toLocaleTimeString([], { timeStyle: "short" })}</span>
        </p>
        {questions.map((question) => (
          <QuestionField
            key={question.questionId}
            question={question}
            draft={drafts[question.questionId] ?? EMPTY}
            disabled={isPending}
            onChange={(draft) => setDrafts((all) => ({ ...all, [question.questionId]: draft }))}
          />
        ))}
        {error !== null && <p className="text-bad">{error.message}</p>}
        <div className="flex gap-2">
          <Button kind="primary" type="submit" disabled={isPending || answers === undefined}>
            Answer
          </Button>
          <Button className="h-10" disabled={isPending} onClick={() => mutate(undefined)}>
            Skip
          </Button>
        </div>
      </form>
    </article>
  );
}
