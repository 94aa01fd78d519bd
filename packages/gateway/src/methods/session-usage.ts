import type { Handlers, MethodDeps } from "./context.ts";
import { sessionOf } from "./session-of.ts";
import { refuseUnsupported } from "./unsupported.ts";
import { daysOf, refParts, totalsOf } from "./usage-days.ts";

const DEFAULT_SESSIONS = 50;
const RANGE_DAYS = { "7d": 7, "30d": 30, "90d": 90, "1y": 365, all: undefined } as const;
const FOREIGN = ["creatorKey", "timeZone", "utcOffset"] as const;

/** Methods that add up what was spent. */
export function sessionUsageMethods(deps: MethodDeps): Pick<Handlers, "sessions.usage"> {
  const { store, clock } = deps;
  return {
    async "sessions.usage"(params, { principal }) {
      const known = Object.keys(params).filter((key) => !FOREIGN.some((foreign) => foreign === key));
      refuseUnsupported(params, known);
      const { key, agentId, limit = DEFAULT_SESSIONS } = params;
      const { from, to, startDate, endDate } = daysOf(
        { startDate: params.startDate, endDate: params.endDate, days: RANGE_DAYS[params.range ?? "30d"] },
        clock.now(),
      );
      const mine = store.as(principal);
      const rows = await mine.usage.totals({
        from,
        to,
        ...(agentId === undefined ? {} : { agent: agentId }),
        ...(key === undefined ? {} : { session: sessionOf(deps, key, agentId).session }),
      });
      const dearest = [...Map.groupBy(rows, ({ session }) => session)]
        .map(([session, its]) => ({ session, usage: totalsOf(its) }))
        .sort((a, b) => b.usage.totalTokens - a.usage.totalTokens)
        .slice(0, limit);
      const sessions = dearest.map(async ({ session, usage }) => {
        const { agent = "", label, updatedAt } = (await mine.sessions.get(session)) ?? {};
        return {
          key: session,
          sessionId: session,
          agentId: agent,
          ...(label === undefined ? {} : { label }),
          ...(updatedAt === undefined ? {} : { updatedAt: updatedAt.getTime() }),
          usage,
        };
      });
      return {
        updatedAt: clock.now().getTime(),
        startDate,
        endDate,
        sessions: await Promise.all(sessions),
        totals: totalsOf(rows),
        aggregates: {
          daily: [...Map.groupBy(rows, ({ day }) => day)].map(([date, its]) => ({ date, ...totalsOf(its) })),
          byModel: [...Map.groupBy(rows, ({ model }) => model)].map(([ref, its]) => ({
            ...refParts(ref),
            ...totalsOf(its),
          })),
        },
      };
    },
  };
}
