import type { ReactElement } from "react";
import { CardStack } from "../ui/card-stack.tsx";
import { AnsweredNote } from "./answered-note.tsx";
import { ApprovalCard } from "./approval-card.tsx";
import { useApprovals } from "./use-approvals.ts";

/** What agents wait to be allowed, wherever they wait: an answer must not depend on which chat is open. */
export function ApprovalCards({ sessionKey }: { readonly sessionKey: string }): ReactElement | null {
  const { waiting, answered, note, dismiss } = useApprovals();
  const told = new Set(answered.map(({ row }) => row.id));
  const open = waiting.filter(({ id }) => !told.has(id));
  if (open.length + answered.length === 0) return null;
  return (
    <CardStack label="Approvals">
      {answered.map((one) => (
        <AnsweredNote key={one.row.id} answered={one} onDismiss={() => dismiss(one.row.id)} />
      ))}
      {open.map((row) => (
        <ApprovalCard key={row.id} row={row} here={row.request.sessionKey === sessionKey} onLate={note} />
      ))}
    </CardStack>
  );
}
