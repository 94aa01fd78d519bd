import type { UsageRow } from "@claw/core";
import { invalidRequest, type TokenTotals } from "@claw/protocol";
import { MethodError } from "./context.ts";

export const DAY_MS = 24 * 60 * 60_000;

export interface Days {
  readonly from: Date;
  /** The first moment after the last day. */
  readonly to: Date;
  readonly startDate: string;
  readonly endDate: string;
}

export interface DaysWanted {
  readonly startDate?: string | undefined;
  readonly endDate?: string | undefined;
  /** Up to the last day, when the first is not said; `undefined`: since ever. */
  readonly days: number | undefined;
}

/** Whole days in UTC. */
export function daysOf({ startDate, endDate, days }: DaysWanted, now: Date): Days {
  const last = new Date(endDate ?? dayOf(now));
  const before = days === undefined ? new Date(0) : new Date(last.getTime() - (days - 1) * DAY_MS);
  const first = startDate === undefined ? before : new Date(startDate);
  if (first > last) throw new MethodError(invalidRequest("startDate: expected a day before endDate or the same"));
  return { from: first, to: new Date(last.getTime() + DAY_MS), startDate: dayOf(first), endDate: dayOf(last) };
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

export function totalsOf(rows: readonly UsageRow[]): TokenTotals {
  const sum = (of: (row: UsageRow) => number): number => rows.reduce((total, row) => total + of(row), 0);
  const cacheRead = sum((row) => row.cacheReadTokens);
  const cacheWrite = sum((row) => row.cacheWriteTokens);
  const read = sum((row) => row.inputTokens);
  const output = sum((row) => row.outputTokens);
  // Not every provider counts what is cached among the input.
  const input = Math.max(0, read - cacheRead - cacheWrite);
  return { input, output, cacheRead, cacheWrite, totalTokens: input + cacheRead + cacheWrite + output };
}

/** `provider/model` apart. */
export function refParts(ref: string): { readonly provider: string; readonly model: string } {
  const slash = ref.indexOf("/");
  return { provider: ref.slice(0, Math.max(slash, 0)), model: ref.slice(slash + 1) };
}
