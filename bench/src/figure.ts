import type { ModelServer } from "./harness/model-server.ts";

type Unit = "ms" | "kB" | "MB" | "MB/s" | "turns/s" | "turns" | "ms CPU";

/** What a result is held to: itself, or its ratio to the floor of the same run. */
export type Goal = { readonly of: "value" | "ratio" } & ({ readonly atMost: number } | { readonly atLeast: number });

export interface Result {
  readonly title: string;
  readonly unit: Unit;
  readonly value: number;
  /** The same work without Claw, measured beside it. */
  readonly floor?: { readonly title: string; readonly value: number };
  /** Absent: measured for comparison. */
  readonly goal?: Goal;
}

/** What can't be measured here, and why. */
interface Skipped {
  readonly title: string;
  readonly skipped: string;
}

export type Row = Result | Skipped;

export interface Bench {
  readonly model: ModelServer;
  /** Small counts: shows that everything runs, and nothing about speed. */
  readonly quick: boolean;
  readonly progress: (text: string) => void;
}

export interface Figure {
  /** As `--only` takes it. */
  readonly name: string;
  measure(bench: Bench): Promise<readonly Row[]>;
}

/** `undefined` when nothing is asked of it. */
export function isMet({ value, floor, goal }: Result): boolean | undefined {
  if (goal === undefined) return undefined;
  const judged = goal.of === "value" ? value : value / (floor?.value ?? Number.NaN);
  return "atMost" in goal ? judged <= goal.atMost : judged >= goal.atLeast;
}
