import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";
import { foreign, identifier, sessionKey } from "./params.ts";

const date = z.iso.date();

const sessionsUsageParams = z.strictObject({
  key: sessionKey.optional().describe("Only this session."),
  agentId: identifier.optional(),
  startDate: date.optional().describe("First day, in UTC. Default: 29 days before the last."),
  endDate: date.optional().describe("Last day. Default: today."),
  range: z.enum(["7d", "30d", "90d", "1y", "all"]).optional().describe("Instead of `startDate`."),
  limit: z.int().min(1).max(1_000).optional().describe("Sessions, the dearest first. Default 50."),
  mode: z.literal("utc").optional(),
  agentScope: z.literal("all").optional(),
  groupBy: z.enum(["instance", "family"]).optional(),
  includeContextWeight: z.boolean().optional(),
  includeHistorical: z.boolean().optional(),
  ...foreign("creatorKey", "timeZone", "utcOffset"),
});

/** Input is what came from no cache; the total counts every token once. */
export interface TokenTotals {
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly totalTokens: number;
}

export interface SessionsUsage {
  /** Unix milliseconds. */
  readonly updatedAt: number;
  readonly startDate: string;
  readonly endDate: string;
  /** Those that spent most first. */
  readonly sessions: readonly {
    readonly key: string;
    readonly sessionId: string;
    readonly agentId: string;
    readonly label?: string;
    readonly updatedAt?: number;
    readonly usage: TokenTotals;
  }[];
  /** Over all sessions in the range, listed or not. */
  readonly totals: TokenTotals;
  readonly aggregates: {
    /** Oldest first; days on which nothing was spent are left out. */
    readonly daily: readonly (TokenTotals & { readonly date: string })[];
    readonly byModel: readonly (TokenTotals & { readonly provider: string; readonly model: string })[];
  };
}

export interface SessionUsageResults {
  readonly "sessions.usage": SessionsUsage;
}

export const sessionUsageMethods = {
  "sessions.usage": {
    summary: "Adds up the tokens that sessions spent, by session, day and model.",
    params: sessionsUsageParams,
    scope: "operator.read",
    example: { key: "main", range: "30d", limit: 10, groupBy: "instance", mode: "utc" },
  },
} as const satisfies MethodSpecs<SessionUsageResults>;
