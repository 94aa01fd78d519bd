import type { UsageRow } from "@claw/core";
import { invalidRequest, type Params, type TokenTotals } from "@claw/protocol";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";
import { sessionOf } from "./session-of.ts";
import { refuseUnsupported } from "./unsupported.ts";

const DEFAULT_SESSIONS = 50;
const DAY_MS = 24 * 60 * 60_000;
const RANGE_DAYS = { "7d": 7, "30d": 30, "90d": 90, "1y": 365 } as const;
const FOREIGN = ["creatorKey", "timeZone", "utcOffset"] as const;

/** Methods that add up what was spent. */
export function sessionUsageMethods(deps: MethodDeps): Pick<Handlers, "sessions.usage"> {
  const { store, clock } = deps;
  return {
    async "sessions.usage"(params, { principal }) {
      const known = Object.keys(params).filter((key) => !FOREIGN.some((foreign) => foreign === key));
      refuseUnsupported(params, known);
      const { key, agentId, limit = DEFAULT_SESSIONS } = params;
      const { from, to, startDate, endDate } = daysOf(params, clock.now());
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
          byModel: [...Map.groupBy(rows, ({ model }) => model)].map(([ref, its]) => {
            const slash = ref.indexOf("/");
            return { provider: ref.slice(0, Math.max(slash, 0)), model: ref.slice(slash + 1), ...totalsOf(its) };
          }),
        },
      };
    },
  };
}

interface Days {
  readonly from: Date;
  /** The first moment after the last day. */
  readonly to: Date;
  readonly startDate: string;
  readonly endDate: string;
}

function daysOf({ startDate, endDate, range = "30d" }: Params<"sessions.usage">, now: Date): Days {
  const last = new Date(endDate ?? dayOf(now));
  const first =
    startDate !== undefined
      ? new Date(startDate)
      : range === "all"
        ? new Date(0)
        : new Date(last.getTime() - (RANGE_DAYS[range] - 1) * DAY_MS);
  if (first > last) throw new MethodError(invalidRequest("startDate: expected a day before endDate or the same"));
  return { from: first, to: new Date(last.getTime() + DAY_MS), startDate: dayOf(first), endDate: dayOf(last) };
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function totalsOf(rows: readonly UsageRow[]): TokenTotals {
  const sum = (of: (row: UsageRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const cacheRead = sum((row) => row.cacheReadTokens);
  const cacheWrite = sum((row) => row.cacheWriteTokens);
  const read = sum((row) => row.inputTokens);
  const output = sum((row) => row.outputTokens);
  // Not every provider counts what is cached among the input.
  const input = Math.max(0, read - cacheRead - cacheWrite);
  return { input, output, cacheRead, cacheWrite, totalTokens: input + cacheRead + cacheWrite + output };
}
