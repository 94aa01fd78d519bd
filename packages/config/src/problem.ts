import { ClawError } from "@claw/core";

/**
 * `CONFIG_MISSING`: there is no file. `CONFIG_UNREADABLE`: not a regular file, too large, or no permission.
 * `CONFIG_SYNTAX`: not JSON5. `CONFIG_INVALID`: an unknown key or a wrong value. `CONFIG_PATH`: not a configuration
 * path. `CONFIG_UNWRITABLE`: the file can't be replaced. `CONFIG_CLOBBER`: a change would lose more than it says. `CONFIG_OVERRIDE`: a wrong environment variable or flag.
 */
export type ConfigErrorCode =
  | "CONFIG_MISSING"
  | "CONFIG_UNREADABLE"
  | "CONFIG_SYNTAX"
  | "CONFIG_INVALID"
  | "CONFIG_PATH"
  | "CONFIG_UNWRITABLE"
  | "CONFIG_CLOBBER"
  | "CONFIG_OVERRIDE";

export interface ConfigProblem {
  /** As `parseConfigPath` reads it; empty for the file itself. */
  readonly path: string;
  /** Never holds a secret. */
  readonly message: string;
  /** The included file it stands in, when it is not the main one. */
  readonly file?: string;
  /** From 1. */
  readonly line?: number;
  /** From 1, in UTF-16 units. */
  readonly column?: number;
  /** The line with a caret below, values other than the wrong one blotted out. */
  readonly excerpt?: string;
}

/** The configuration can't be used; `message` shows every problem, ready for a terminal. */
export class ConfigError extends ClawError<ConfigErrorCode> {
  readonly problems: readonly ConfigProblem[];

  constructor(code: ConfigErrorCode, file: string, problems: readonly ConfigProblem[], options?: ErrorOptions) {
    super(code, render(file, problems), options);
    this.problems = problems;
  }
}

/** A problem for a terminal: where it is, what it is, and its line. */
export function showProblem(problem: ConfigProblem): string {
  return printable(renderProblem(problem));
}

const MAX_SHOWN = 20;

function render(file: string, problems: readonly ConfigProblem[]): string {
  const count = problems.length === 1 ? "a problem" : `${problems.length} problems`;
  const shown = problems.slice(0, MAX_SHOWN).map(renderProblem);
  if (problems.length > MAX_SHOWN) shown.push(`… and ${problems.length - MAX_SHOWN} more`);
  return printable([`${file} has ${count}:`, ...shown].join("\n\n"));
}

function renderProblem({ path, message, file, line, column, excerpt }: ConfigProblem): string {
  const position = line === undefined ? [] : [`line ${line}, column ${column}`];
  const parts = [...(file === undefined ? [] : [file]), ...position];
  const place = parts.length === 0 ? "" : ` (${parts.join(", ")})`;
  const head = path === "" ? `${message}${place}` : `${path}${place}: ${message}`;
  return excerpt === undefined ? head : `${head}\n${excerpt}`;
}

/** Nothing in a file may move the cursor or turn the writing direction of the terminal that shows it. */
function printable(text: string): string {
  return text.replace(/(?!\n)[\p{Cc}\p{Cf}\u2028\u2029]/gu, "\uFFFD");
}
