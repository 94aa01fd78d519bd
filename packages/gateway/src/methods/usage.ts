import type { PriceList, UsageRow } from "@claw/core";
import type { CostTotals } from "@claw/protocol";
import type { Handlers, MethodDeps } from "./context.ts";
import { refuseUnsupported } from "./unsupported.ts";
import { DAY_MS, daysOf, refParts, totalsOf } from "./usage-days.ts";

const DEFAULT_DAYS = 30;
const FOREIGN = ["timeZone", "utcOffset"] as const;

/** Methods that say what was paid. */
export function usageMethods(deps: MethodDeps): Pick<Handlers, "usage.cost" | "usage.status"> {
  const { store, clock, models, prices } = deps;
  return {
    "usage.cost":
      prices &&
      (async (params, { principal }) => {
        refuseUnsupported(
          params,
          Object.keys(params).filter((key) => !FOREIGN.some((foreign) => foreign === key)),
        );
        const { agentId, startDate, endDate, days = DEFAULT_DAYS } = params;
        const { from, to } = daysOf({ startDate, endDate, days }, clock.now());
        const agent = agentId === undefined ? {} : { agent: agentId };
        const rows = await store.as(principal).usage.totals({ from, to, ...agent });
        const list = await prices();
        return {
          updatedAt: clock.now().getTime(),
          days: Math.round((to.getTime() - from.getTime()) / DAY_MS),
          daily: [...Map.groupBy(rows, ({ day }) => day)].map(([date, its]) => ({ date, ...costOf(its, list) })),
          byModel: [...Map.groupBy(rows, ({ model }) => model)].map(([ref, its]) => ({
            ...refParts(ref),
            ...costOf(its, list),
          })),
          totals: costOf(rows, list),
          prices: { currency: "USD", date: list.date, source: list.source },
        };
      }),

    "usage.status":
      models &&
      (async () => {
        const usable = new Set(models.list().flatMap(({ provider, available }) => (available ? [provider] : [])));
        const providers = [...usable].map((provider) => ({ provider, displayName: provider, windows: [] as const }));
        return { updatedAt: clock.now().getTime(), providers };
      }),
  };
}

function costOf(rows: readonly UsageRow[], { costOf: price }: PriceList): CostTotals {
  const costs = rows.map(price);
  const sum = (of: "input" | "output" | "total"): number => costs.reduce((total, cost) => total + (cost?.[of] ?? 0), 0);
  return {
    ...totalsOf(rows),
    totalCost: sum("total"),
    inputCost: sum("input"),
    outputCost: sum("output"),
    missingCostEntries: costs.filter((cost) => cost === undefined).length,
  };
}
