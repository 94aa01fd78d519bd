const MAX_WIDTH = 100;
const TOKEN = /\/\/.*|\/\*.*?(?:\*\/|$)|"(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|[^\s"'{}[\]:,/]+/gu;

/** What to point at, from 1; `reveal` when the text there may be shown. */
export interface Mark {
  readonly line: number;
  readonly column: number;
  readonly length: number;
  readonly reveal: boolean;
}

/**
 * The marked line with a caret below. Keys stay readable; every value but a revealed one is blotted out, since any
 * line may hold a secret.
 */
export function excerpt(text: string, mark: Mark): string {
  const lines = text.split(/\r\n|[\n\r\u2028\u2029]/, mark.line);
  const line = lines[mark.line - 1] ?? "";
  const continued = lines[mark.line - 2]?.endsWith("\\") ?? false;
  const start = mark.column - 1;
  const shown = continued ? line.replace(/\S/g, "•") : blot(line, mark.reveal ? start : -1);
  const from = Math.max(0, Math.min(start - MAX_WIDTH / 2, shown.length - MAX_WIDTH));
  const gutter = `    ${mark.line} | `;
  const visible = shown.slice(from, from + MAX_WIDTH).replaceAll("\t", " ");
  const carets = "^".repeat(Math.max(1, Math.min(mark.length, visible.length - (start - from))));
  return `${gutter}${visible}\n${" ".repeat(gutter.length - 2)}| ${" ".repeat(start - from)}${carets}`;
}

function blot(line: string, revealed: number): string {
  return line.replace(TOKEN, (token, position: number) => {
    if (/^\/[/*]/.test(token)) return token.replace(/[^/*\s]/g, "•");
    const isKey = /^\s*:/.test(line.slice(position + token.length));
    if (isKey || position === revealed || /^(?:true|false|null)$/.test(token)) return token;
    return token.replace(/[^"']/g, "•");
  });
}
