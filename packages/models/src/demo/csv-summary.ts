import { parseCsv } from "./csv.ts";

const MAX_TABLE_ROWS = 20;
const MAX_TABLE_COLUMNS = 8;
const MAX_CELL_CHARACTERS = 40;

interface Column {
  readonly name: string;
  readonly cells: readonly string[];
  /** One per filled cell; absent when some filled cell is no number. */
  readonly numbers?: readonly number[];
}

/** A Markdown summary of the first lines of a CSV file, of which `askedRows` (without the header) were asked for. */
export function summarizeCsv(path: string, text: string, askedRows: number): string {
  const [header, ...rows] = parseCsv(text);
  if (header === undefined) return `\`${path}\` is empty.`;
  const columns = header.map((name, index) =>
    toColumn(
      name,
      rows.map((row) => row[index]?.trim() ?? ""),
    ),
  );
  const extent = rows.length < askedRows ? "all there are" : "the first of the file";
  return [
    `**\`${path}\`**: ${count(rows.length, "row")} (${extent}), ${count(columns.length, "column")}.`,
    `Columns: ${columns.map(({ name, numbers }) => `${code(name)} (${numbers ? "number" : "text"})`).join(", ")}.`,
    statistics(columns),
    table(header, rows),
    notable(columns, header.length, rows),
  ]
    .filter((part) => part !== "")
    .join("\n\n");
}

function toColumn(name: string, cells: readonly string[]): Column {
  const filled = cells.filter((cell) => cell !== "");
  const numeric =
    filled.length > 0 && filled.every((cell) => /^[-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d{1,2})?$/i.test(cell));
  return { name: name.trim() || "(no name)", cells, ...(numeric ? { numbers: filled.map(Number) } : {}) };
}

function statistics(columns: readonly Column[]): string {
  const lines = columns.flatMap(({ name, numbers }) => {
    if (numbers === undefined) return [];
    const mean = numbers.reduce((sum, value) => sum + value / numbers.length, 0);
    return [[name, show(Math.min(...numbers)), show(mean), show(Math.max(...numbers))]];
  });
  return lines.length === 0 ? "" : markdownTable(["Number column", "min", "mean", "max"], lines);
}

function table(header: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return "";
  const width = Math.min(header.length, MAX_TABLE_COLUMNS);
  const lines = rows.slice(0, MAX_TABLE_ROWS).map((row) => header.slice(0, width).map((_, index) => row[index] ?? ""));
  const hidden = [
    ...(rows.length > MAX_TABLE_ROWS ? [count(rows.length - MAX_TABLE_ROWS, "row")] : []),
    ...(header.length > width ? [count(header.length - width, "column")] : []),
  ];
  const more = hidden.length === 0 ? "" : `\n\nNot shown: ${hidden.join(" and ")}.`;
  return markdownTable(header.slice(0, width), lines) + more;
}

function notable(columns: readonly Column[], width: number, rows: readonly (readonly string[])[]): string {
  const label = columns.find(({ numbers, name }) => numbers === undefined && !isKey(name)) ?? columns[0];
  const extremes = columns
    .filter(({ name, numbers }) => numbers !== undefined && new Set(numbers).size > 1 && !isKey(name))
    .slice(0, 3)
    .map(({ name, cells, numbers = [] }) => {
      const at = (value: number) =>
        code(label?.cells[cells.findIndex((cell) => cell !== "" && Number(cell) === value)] ?? "");
      const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
      return `- ${code(name)} is highest for ${at(high)} (${show(high)}) and lowest for ${at(low)} (${show(low)}).`;
    });
  const gaps = columns
    .map(({ name, cells }) => ({ name, missing: cells.filter((cell) => cell === "").length }))
    .filter(({ missing }) => missing > 0)
    .slice(0, 3)
    .map(({ name, missing }) => `- ${code(name)} is empty in ${count(missing, "row")}.`);
  const uneven = rows.filter((row) => row.length !== width).length;
  const lines = [
    ...extremes,
    ...gaps,
    ...(uneven > 0 ? [`- ${count(uneven, "row")} with too few or too many fields.`] : []),
  ];
  return lines.length === 0 ? "" : `Notable:\n${lines.join("\n")}`;
}

function isKey(name: string): boolean {
  return /(?:^|[_\s])(?:id|key|index|no|nr)$/i.test(name) || name === "#";
}

function markdownTable(header: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(header), `|${" --- |".repeat(header.length)}`, ...rows.map(line)].join("\n");
}

function cell(text: string): string {
  const flat = text.replace(/\s+/g, " ").trim();
  const short = flat.length > MAX_CELL_CHARACTERS ? `${flat.slice(0, MAX_CELL_CHARACTERS - 1)}…` : flat;
  return short.replace(/[\\|]/g, "\\$&");
}

function code(text: string): string {
  return `\`${cell(text).replaceAll("`", "'")}\``;
}

function show(value: number): string {
  return String(Number(value.toFixed(2)));
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? "" : "s"}`;
}
