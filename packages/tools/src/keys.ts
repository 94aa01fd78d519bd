const NAMED: Readonly<Record<string, string>> = {
  enter: "\r",
  tab: "\t",
  btab: "\x1b[Z",
  escape: "\x1b",
  esc: "\x1b",
  space: " ",
  backspace: "\x7f",
  bspace: "\x7f",
  delete: "\x1b[3~",
  up: "\x1b[A",
  down: "\x1b[B",
  right: "\x1b[C",
  left: "\x1b[D",
  home: "\x1b[H",
  end: "\x1b[F",
  pageup: "\x1b[5~",
  pagedown: "\x1b[6~",
  f1: "\x1bOP",
  f2: "\x1bOQ",
  f3: "\x1bOR",
  f4: "\x1bOS",
};

/** What a terminal sends for a key by tmux's names: `Enter`, `Up`, `C-c`, `M-x`, or one character. `undefined` for others. */
export function keyBytes(key: string): string | undefined {
  const named = NAMED[key.toLowerCase()];
  if (named !== undefined) return named;
  const [, control] = /^(?:C-|\^)([a-z@[\\\]^_?])$/i.exec(key) ?? [];
  if (control !== undefined)
    return control === "?" ? "\x7f" : String.fromCharCode(control.toUpperCase().charCodeAt(0) & 31);
  const [, meta] = /^M-(.+)$/.exec(key) ?? [];
  const rest = meta === undefined ? undefined : keyBytes(meta);
  if (rest !== undefined) return `\x1b${rest}`;
  return [...key].length === 1 ? key : undefined;
}
