import { type Goal, isMet, type Result, type Row } from "./figure.ts";
import type { Machine } from "./machine.ts";

export interface Report {
  readonly measuredAt: string;
  /** Counts too small to say anything about speed. */
  readonly quick: boolean;
  readonly machine: Machine;
  readonly rows: readonly Row[];
}

export const misses = ({ rows }: Report): readonly Result[] =>
  rows.filter((row): row is Result => !("skipped" in row) && isMet(row) === false);

const COLUMNS = ["figure", "measured", "floor", "ratio", "goal", ""] as const;

/** For a terminal: columns under each other. */
export function table(report: Report): string {
  const lines = [COLUMNS, ...report.rows.map(cells)];
  const widths = COLUMNS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** For the documentation. */
export function markdown(report: Report): string {
  const { machine, measuredAt, rows } = report;
  const row = (line: readonly string[]): string => `| ${line.join(" | ")} |`;
  return [
    `Measured on ${measuredAt.slice(0, 10)}: ${machine.cpus} × ${machine.cpu}, ${Math.round(machine.memoryMb / 1024)} GB of memory, ${machine.system}, Node ${machine.node}.`,
    "",
    row(COLUMNS),
    row(COLUMNS.map(() => "---")),
    ...rows.map((one) => row(cells(one))),
    "",
  ].join("\n");
}

function cells(row: Row): readonly string[] {
  if ("skipped" in row) return [row.title, "–", "–", "–", "–", `skipped: ${row.skipped}`];
  const { title, unit, value, floor, goal } = row;
  const met = isMet(row);
  return [
    title,
    `${round(value)} ${unit}`,
    floor === undefined ? "–" : `${round(floor.value)} ${unit} (${floor.title})`,
    floor === undefined ? "–" : `${(value / floor.value).toFixed(2)}×`,
    goal === undefined ? "–" : goalText(goal, unit),
    met === undefined ? "" : met ? "ok" : "MISS",
  ];
}

function goalText(goal: Goal, unit: string): string {
  const suffix = goal.of === "ratio" ? "×" : ` ${unit}`;
  return "atMost" in goal ? `≤ ${goal.atMost}${suffix}` : `≥ ${goal.atLeast}${suffix}`;
}

function round(value: number): string {
  return value.toFixed(value < 10 ? 2 : value < 100 ? 1 : 0);
}
