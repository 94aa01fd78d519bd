import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";
import { foreign, identifier } from "./params.ts";
import type { TokenTotals } from "./session-usage.ts";

const date = z.iso.date();

const usageCostParams = z.strictObject({
  days: z.int().min(1).max(3_650).optional().describe("This many days, the last of them today. Default 30."),
  startDate: date.optional().describe("First day, in UTC; instead of `days`."),
  endDate: date.optional().describe("Last day. Default: today."),
  agentId: identifier.optional(),
  mode: z.literal("utc").optional(),
  agentScope: z.literal("all").optional(),
  ...foreign("timeZone", "utcOffset"),
});

const usageStatusParams = z.strictObject({});

/** Dollars. What has no price is counted in `missingCostEntries` and adds nothing. */
export interface CostTotals extends TokenTotals {
  readonly totalCost: number;
  readonly inputCost: number;
  readonly outputCost: number;
  readonly missingCostEntries: number;
}

interface UsageCost {
  /** Unix milliseconds. */
  readonly updatedAt: number;
  readonly days: number;
  /** Oldest first; days on which nothing was spent are left out. */
  readonly daily: readonly (CostTotals & { readonly date: string })[];
  readonly byModel: readonly (CostTotals & { readonly provider: string; readonly model: string })[];
  readonly totals: CostTotals;
  readonly prices: {
    readonly currency: "USD";
    /** Day of the newest price. */
    readonly date: string;
    readonly source: string;
  };
}

interface UsageStatus {
  /** Unix milliseconds. */
  readonly updatedAt: number;
  /** Providers with a credential. This gateway asks none of them for its quota, so that there are no windows. */
  readonly providers: readonly {
    readonly provider: string;
    readonly displayName: string;
    readonly windows: readonly [];
  }[];
}

export interface UsageResults {
  readonly "usage.cost": UsageCost;
  readonly "usage.status": UsageStatus;
}

export const usageMethods = {
  "usage.cost": {
    summary: "What the caller's sessions cost, by day and model, with the date of the prices.",
    params: usageCostParams,
    scope: "operator.read",
    example: { days: 30 },
  },
  "usage.status": {
    summary: "The providers that can be used.",
    params: usageStatusParams,
    scope: "operator.read",
    example: {},
  },
} as const satisfies MethodSpecs<UsageResults>;
