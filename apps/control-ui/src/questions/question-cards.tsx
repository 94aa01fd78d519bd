import type { ReactElement } from "react";
import { CardStack } from "../ui/card-stack.tsx";
import { QuestionCard } from "./question-card.tsx";
import { useQuestions } from "./use-questions.ts";

/** What agents want to know, wherever they ask: an answer must not depend on which chat is open. */
export function QuestionCards({ sessionKey }: { readonly sessionKey: string }): ReactElement | null {
  const waiting = useQuestions();
  if (waiting.length === 0) return null;
  return (
    <CardStack label="Questions">
      {waiting.map((row) => (
        <QuestionCard key={row.id} row={row} here={row.sessionKey === sessionKey} />
      ))}
    </CardStack>
  );
}
