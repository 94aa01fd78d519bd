import type { ApprovalRow } from "@claw/protocol";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { useConnectionState, useGateway } from "../gateway/context.tsx";

const LIST = ["exec.approval.list"] as const;

/** What waits for an answer, as it comes and goes. */
export function useApprovals(): readonly ApprovalRow[] {
  const { connection } = useGateway();
  const state = useConnectionState();
  const queries = useQueryClient();
  const known = state.status === "connected" && state.hello.features.methods.includes("exec.approval.list");
  const { data } = useQuery({
    queryKey: LIST,
    queryFn: ({ signal }) => connection.request("exec.approval.list", {}, { signal }),
    enabled: known,
  });
  useEffect(() => {
    const refresh = (): void => void queries.invalidateQueries({ queryKey: LIST });
    const stops = [
      connection.on("exec.approval.requested", refresh),
      connection.on("exec.approval.resolved", refresh),
      connection.onGap(refresh),
    ];
    return () => {
      for (const stop of stops) stop();
    };
  }, [connection, queries]);
  return data ?? [];
}

/** Answers one; whoever was late learns from the list that somebody else did. */
export function useAnswer() {
  const { connection } = useGateway();
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (answer: { readonly id: string; readonly decision: "allow-once" | "deny" }) =>
      connection.request("exec.approval.resolve", answer),
    onSettled: () => queries.invalidateQueries({ queryKey: LIST }),
  });
}
