import stringWidth from "string-width";

/**
 * Text from elsewhere (a model, a stranger's message) without what moves the cursor, talks to the terminal or turns
 * the direction of writing.
 */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\u2028\u2029\u202A-\u202E\u2066-\u2069]/gu, "");
}

export function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, " ")).trim();
}

const graphemes = new Intl.Segmenter();

/** Cut to `width` terminal columns, with an ellipsis when something is missing. */
export function clip(text: string, width: number): string {
  if (stringWidth(text) <= width) return text;
  let kept = "";
  let used = 1;
  for (const { segment } of graphemes.segment(text)) {
    used += stringWidth(segment);
    if (used > width) break;
    kept += segment;
  }
  return width < 1 ? "" : `${kept.trimEnd()}…`;
}

/** Like `850 ms`, `12.4 s`, `3 min 20 s`, `5 h 2 min`, `3 d 4 h`: two units at most. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  const units = [
    ["d", 86_400],
    ["h", 3_600],
    ["min", 60],
    ["s", 1],
  ] as const;
  const seconds = Math.round(ms / 1_000);
  const first = units.findIndex(([, size]) => seconds >= size);
  let left = seconds;
  const parts = units.slice(first, first + 2).map(([name, size]) => {
    const count = Math.floor(left / size);
    left -= count * size;
    return count === 0 ? "" : `${count} ${name}`;
  });
  return parts.filter(Boolean).join(" ");
}

/** How long ago, coarsely. */
export function ago(ms: number): string {
  if (ms < 60_000) return "just now";
  return `${duration(ms - (ms % 60_000))
    .split(" ")
    .slice(0, 2)
    .join(" ")} ago`;
}

/** Words over as many lines as `width` columns take. */
export function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last !== undefined && stringWidth(last) + 1 + stringWidth(word) <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
