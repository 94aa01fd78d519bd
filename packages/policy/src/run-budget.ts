import type { Budget, Spending } from "@claw/core";

export interface RunBudgetOptions {
  /** Default 200. */
  readonly toolCallsPerRun?: number;
}

/** Runs remembered; more than can be running at once, so that forgetting one never gives it a new budget. */
const MAX_RUNS = 10_000;

/** Limits the tool calls of each run, in memory: a restart starts the count of an unfinished run again. */
export function runBudget({ toolCallsPerRun = 200 }: RunBudgetOptions = {}): Budget {
  const spent = new Map<string, number>();

  const add = (run: string, calls: number): void => {
    const total = (spent.get(run) ?? 0) + calls;
    spent.delete(run);
    spent.set(run, total);
    const [oldest] = spent.keys();
    if (spent.size > MAX_RUNS && oldest !== undefined) spent.delete(oldest);
  };

  return {
    async reserve(run, amount) {
      const reserved = countOf(amount);
      if (reserved === undefined || (spent.get(run) ?? 0) + reserved > toolCallsPerRun) return undefined;
      add(run, reserved);
      let settled = false;
      return {
        async settle(actual) {
          if (settled) return;
          settled = true;
          add(run, (countOf(actual) ?? reserved) - reserved);
        },
      };
    },
  };
}

/** `undefined` for what is not a count, which then counts as too much. */
function countOf({ toolCalls = 0 }: Spending): number | undefined {
  return Number.isSafeInteger(toolCalls) && toolCalls >= 0 ? toolCalls : undefined;
}
