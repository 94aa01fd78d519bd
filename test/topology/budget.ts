export interface FileLength {
  readonly path: string;
  readonly lines: number;
}

export const MEDIAN_LINES = 100;
const MAX_LINES = 400;

export const lengthOf = (path: string, text: string): FileLength => ({
  path,
  lines: text.trimEnd().split("\n").length,
});

export function median(lengths: readonly FileLength[]): number {
  const sorted = lengths.map(({ lines }) => lines).sort((left, right) => left - right);
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
}

/** The files over the limit, longest first. */
export function tooLong(lengths: readonly FileLength[]): readonly string[] {
  return lengths
    .filter(({ lines }) => lines > MAX_LINES)
    .sort((left, right) => right.lines - left.lines)
    .map(({ path, lines }) => `${path}: ${lines} lines`);
}
