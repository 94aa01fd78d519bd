import type { MethodName, Params, Result, SessionRow, SessionsList } from "@claw/protocol";
import { type UseQueryResult, useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import { useConnectionState, useGateway } from "./context.tsx";

/** Asks while there is a connection. */
export function useRequest<Method extends MethodName>(
  method: Method,
  params: Params<Method>,
  options: { readonly enabled?: boolean; readonly pollMs?: (data: Result<Method> | undefined) => number | false } = {},
): UseQueryResult<Result<Method>> {
  const { connection } = useGateway();
  const state = useConnectionState();
  const { enabled = true, pollMs } = options;
  return useQuery<Result<Method>>({
    queryKey: [method, params],
    queryFn: ({ signal }) => connection.request(method, params, { signal }),
    enabled: enabled && state.status === "connected",
    ...(pollMs && { refetchInterval: ({ state: { data } }) => pollMs(data) }),
  });
}

const SESSIONS = { limit: 100, includeDerivedTitles: true } as const;

export const useSessions = () => useRequest("sessions.list", SESSIONS);
export const useAgents = () => useRequest("agents.list", {});
export const useModels = () => useRequest("models.list", {});
export const useRuns = (sessionKey: string) => useRequest("runs.list", { sessionKey, limit: 50 });
export const useRun = (runId: string, enabled: boolean) => useRequest("runs.get", { runId }, { enabled });

export const useHealth = () => useRequest("health", {}, { pollMs: () => 60_000 });

const PREPARING_POLL_MS = 1_500;

export const useSandbox = () =>
  useRequest(
    "sandbox.status",
    {},
    { pollMs: (status) => (status?.state === "preparing" ? PREPARING_POLL_MS : 60_000) },
  );

/** Keeps what was asked in step with the gateway: after each connection everything is asked again. */
export function useGatewayEvents(): void {
  const { connection } = useGateway();
  const state = useConnectionState();
  const queries = useQueryClient();
  const askedOf = useRef<string>(undefined);
  const connectionId = state.status === "connected" ? state.hello.server.connId : undefined;

  useEffect(() => {
    if (connectionId === undefined) return;
    // A gateway without the event still has the list.
    connection.request("sessions.subscribe", {}).catch(() => undefined);
    // The first connection has just been asked.
    if (askedOf.current !== undefined && askedOf.current !== connectionId) void queries.invalidateQueries();
    askedOf.current = connectionId;
  }, [connection, connectionId, queries]);

  useEffect(
    () =>
      connection.on("sessions.changed", ({ sessionKey, reason, ...row }) => {
        queries.setQueryData<SessionsList>(["sessions.list", SESSIONS], (list) => list && withRow(list, row, reason));
        if (!row.hasActiveRun) void queries.invalidateQueries({ queryKey: ["runs.list", { sessionKey, limit: 50 }] });
      }),
    [connection, queries],
  );
}

/** The list with the row as it is now, last used first. */
export function withRow(list: SessionsList, row: SessionRow, reason: string): SessionsList {
  const others = list.sessions.filter(({ key }) => key !== row.key);
  const gone = row.archived || reason === "delete";
  const sessions = gone ? others : [...others, row].sort((left, right) => right.updatedAt - left.updatedAt);
  return { ...list, sessions };
}
