import type { QuestionRow } from "@claw/protocol";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useConnectionState, useGateway } from "../gateway/context.tsx";
import type { Answers } from "./answers.ts";

const LIST = ["question.list"] as const;

/** What agents want to know, as it comes and goes. */
export function useQuestions(): readonly QuestionRow[] {
  const { connection } = useGateway();
  const state = useConnectionState();
  const queries = useQueryClient();
  const { data } = useQuery({
    queryKey: LIST,
    queryFn: ({ signal }) => connection.request("question.list", {}, { signal }),
    enabled: state.status === "connected" && state.hello.features.methods.includes("question.list"),
  });
  useEffect(() => {
    const refresh = (): void => void queries.invalidateQueries({ queryKey: LIST });
    const stops = [
      connection.on("question.requested", refresh),
      connection.on("question.resolved", refresh),
      connection.onGap(refresh),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [connection, queries]);
  return data?.questions ?? [];
}

/** Answers all of a row's questions; `undefined` skips them. */
export function useReply({ id }: Pick<QuestionRow, "id">) {
  const { connection } = useGateway();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (answers: Answers | undefined) =>
      connection.request(
        "question.resolve",
        answers === undefined ? { id, cancel: true } : { id, answers: { answers } },
      ),
    onSettled: () => queries.invalidateQueries({ queryKey: LIST }),
  });
}
