import type { ApprovalRow, Params } from "@claw/protocol";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useState } from "react";
import { useConnectionState, useGateway } from "../gateway/context.tsx";
import { type AnsweredElsewhere, answeredBefore, answeredElsewhere } from "./answered-elsewhere.ts";

const LIST = ["exec.approval.list"] as const;
const answerOf = (id: string) => ["exec.approval.resolve", id] as const;

export interface Approvals {
  readonly waiting: readonly ApprovalRow[];
  readonly answered: readonly AnsweredElsewhere[];
  note(answered: AnsweredElsewhere): void;
  dismiss(id: string): void;
}

/** What waits for an answer, as it comes and goes. */
export function useApprovals(): Approvals {
  const { connection } = useGateway();
  const queries = useQueryClient();
  const [answered, setAnswered] = useState<readonly AnsweredElsewhere[]>([]);
  const { data: waiting = [] } = useList();

  const dismiss = useCallback((id: string) => setAnswered((all) => all.filter(({ row }) => row.id !== id)), []);
  const note = useCallback(
    (news: AnsweredElsewhere) => setAnswered((all) => [...all.filter(({ row }) => row.id !== news.row.id), news]),
    [],
  );

  useEffect(() => {
    const refresh = (): void => void queries.invalidateQueries({ queryKey: LIST });
    const stops = [
      connection.on("exec.approval.requested", refresh),
      connection.on("exec.approval.resolved", (event) => {
        const row = queries.getQueryData<readonly ApprovalRow[]>(LIST)?.find(({ id }) => id === event.id);
        // The gateway tells everybody before it answers who asked: what is under way here is told there.
        const isOwn = queries.isMutating({ mutationKey: answerOf(event.id) }) > 0;
        const news = row && !isOwn ? answeredElsewhere(row, event) : undefined;
        if (news !== undefined) note(news);
        refresh();
      }),
      connection.onGap(refresh),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [connection, queries, note]);
  return { waiting, answered, note, dismiss };
}

/** Whether a tool call waits to be allowed. */
export function useWaits(callId: string): boolean {
  const { data = [] } = useList();
  return data.some(({ request }) => request.toolCallId === callId);
}

function useList() {
  const { connection } = useGateway();
  const state = useConnectionState();
  return useQuery({
    queryKey: LIST,
    queryFn: ({ signal }) => connection.request("exec.approval.list", {}, { signal }),
    enabled: state.status === "connected" && state.hello.features.methods.includes("exec.approval.list"),
  });
}

/** Answers one; `onLate` hears of it when somebody else was first. */
export function useAnswer(row: ApprovalRow, onLate: (answered: AnsweredElsewhere) => void) {
  const { connection } = useGateway();
  const queries = useQueryClient();
  return useMutation({
    mutationKey: answerOf(row.id),
    mutationFn: (decision: Params<"exec.approval.resolve">["decision"]) =>
      connection.request("exec.approval.resolve", { id: row.id, decision }),
    onError(error) {
      const news = answeredBefore(row, error);
      if (news !== undefined) onLate(news);
    },
    onSettled: () => queries.invalidateQueries({ queryKey: LIST }),
  });
}
