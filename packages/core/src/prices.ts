import type { UsageRow } from "./usage.ts";

/** US dollars. */
export interface Cost {
  readonly input: number;
  readonly output: number;
  readonly total: number;
}

/** What models cost, as far as it is known. */
export interface PriceList {
  /** Day of the newest price, `YYYY-MM-DD`. */
  readonly date: string;
  /** Where the prices come from, for people. */
  readonly source: string;
  /** What a row cost at the prices of its day; `undefined` when nobody has said what the model costs. */
  costOf(row: UsageRow): Cost | undefined;
}
