import type { Principal, Session } from "@claw/core";
import type { SessionsList } from "@claw/protocol";
import type { Handlers, MethodDeps } from "./context.ts";
import { modelOfRole } from "./model-of-role.ts";
import { sessionRow } from "./session-row.ts";

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1_000;

export function sessionMethods(deps: MethodDeps): Pick<Handlers, "sessions.list" | "sessions.subscribe"> {
  const { clock, models } = deps;
  return {
    async "sessions.list"(params, { principal }): Promise<SessionsList> {
      const limit = Math.min(params.limit ?? DEFAULT_LIMIT, MAX_LIMIT);
      const offset = params.offset ?? 0;
      const found = await matching(deps, principal, params, offset + limit + 1);
      const rows = found.slice(offset, offset + limit).map((session) => sessionRow(session, deps));
      const hasMore = found.length > offset + limit;
      const [provider = null, ...model] = modelOfRole(models, "default")?.split("/") ?? [];
      return {
        ts: clock.now().getTime(),
        path: "(journal)",
        count: rows.length,
        limitApplied: limit,
        hasMore,
        ...(hasMore ? { nextOffset: offset + limit } : { totalCount: found.length }),
        defaults: { modelProvider: provider, model: model.join("/") || null, contextTokens: null },
        sessions: rows,
      };
    },

    async "sessions.subscribe"(_params, { peer }) {
      peer.followsSessions = true;
      return { subscribed: true };
    },
  };
}

/** Sessions that fit a filter, last used first. */
export async function matching(
  { store, clock }: MethodDeps,
  principal: Principal,
  params: {
    agentId?: string | undefined;
    search?: string | undefined;
    activeMinutes?: number | undefined;
    archived?: boolean | "all" | undefined;
  },
  limit: number,
): Promise<readonly Session[]> {
  const filtered = params.search !== undefined || params.activeMinutes !== undefined;
  const sessions = await store.as(principal).sessions.list({
    limit: filtered ? MAX_LIMIT : limit,
    ...(params.agentId === undefined ? {} : { agent: params.agentId }),
    ...(params.archived === "all" ? {} : { archived: params.archived ?? false }),
  });
  const wanted = params.search?.toLowerCase();
  const since = params.activeMinutes === undefined ? 0 : clock.now().getTime() - params.activeMinutes * 60_000;
  return sessions.filter(
    ({ key, title, label = "", updatedAt }) =>
      updatedAt.getTime() >= since &&
      (wanted === undefined || `${label}\n${title}\n${key}`.toLowerCase().includes(wanted)),
  );
}
