import stringWidth from "string-width";
import { paint } from "./output.ts";
import { clip, oneLine } from "./text.ts";

export interface Column<Row> {
  readonly head: string;
  readonly cell: (row: Row) => string;
  /** Gives way when the terminal is too narrow, the longest of them first. */
  readonly flexible?: boolean;
  readonly paint?: (cell: string) => string;
}

const GAP = "  ";
const LEAST = 8;

/** Rows under a head, within the width of the terminal; whole where there is none. Columns that are all empty are left out. */
export function table<Row>(
  columns: readonly Column<Row>[],
  rows: readonly Row[],
  width: number = process.stdout.isTTY ? process.stdout.columns : Number.POSITIVE_INFINITY,
): string {
  const shown = columns
    .map((column) => ({ column, cells: rows.map((row) => oneLine(column.cell(row))) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ""));
  const widths = fit(
    shown.map(({ column, cells }) => ({
      natural: Math.max(...[column.head, ...cells].map((text) => stringWidth(text))),
      flexible: column.flexible ?? false,
    })),
    width,
  );
  const line = (texts: readonly string[], style: (index: number, text: string) => string): string =>
    texts
      .map((text, index) => {
        const cut = clip(text, widths[index] ?? 0);
        return style(index, cut) + " ".repeat(Math.max(0, (widths[index] ?? 0) - stringWidth(cut)));
      })
      .join(GAP)
      .trimEnd();
  const head = line(
    shown.map(({ column }) => column.head),
    (_, text) => paint("dim", text),
  );
  const body = rows.map((_, row) =>
    line(
      shown.map(({ cells }) => cells[row] ?? ""),
      (index, text) => shown[index]?.column.paint?.(text) ?? text,
    ),
  );
  return [head, ...body].join("\n");
}

function fit(columns: readonly { readonly natural: number; readonly flexible: boolean }[], width: number): number[] {
  const widths = columns.map(({ natural }) => natural);
  let excess = widths.reduce((sum, one) => sum + one + GAP.length, -GAP.length) - width;
  while (excess > 0) {
    const candidates = columns.flatMap(({ flexible }, index) =>
      flexible && (widths[index] ?? 0) > LEAST ? [index] : [],
    );
    const widest = candidates.toSorted((a, b) => (widths[b] ?? 0) - (widths[a] ?? 0))[0];
    if (widest === undefined) break;
    widths[widest] = (widths[widest] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}
