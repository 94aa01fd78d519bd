import { styleText } from "node:util";

export type Style = Parameters<typeof styleText>[0];

/** Colours `text` when the stream is a terminal that shows them and NO_COLOR is not set. */
export function paint(style: Style, text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText(style, text, { stream });
}

/** One or more lines of result. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

export function printJson(value: unknown, { pretty = true }: { readonly pretty?: boolean } = {}): void {
  print(JSON.stringify(value, undefined, pretty ? 2 : undefined));
}

/** A remark beside the result. */
export function note(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Name and value, aligned with the others of their block; further lines stand under the value. */
export function facts(rows: readonly (readonly [name: string, ...lines: readonly string[]])[]): string {
  const width = Math.max(...rows.map(([name]) => name.length)) + 2;
  const line = (name: string, text: string): string => `${paint("dim", name.padEnd(width))}${text}`.trimEnd();
  return rows
    .flatMap(([name, first = "", ...rest]) => [line(name, first), ...rest.map((text) => line("", text))])
    .join("\n");
}
