import JSON5 from "json5";
import { excerpt } from "./excerpt.ts";
import { ConfigError } from "./problem.ts";

/** Parses JSON5. Throws `CONFIG_SYNTAX` with the place; `file` is how messages call the text. */
export function parseConfigText(text: string, file: string): unknown {
  try {
    return JSON5.parse(text);
  } catch (cause) {
    throw syntaxError(cause, text, file);
  }
}

const LINE_END = /\r\n|[\n\r\u2028\u2029]/;

function syntaxError(cause: unknown, text: string, file: string): ConfigError {
  const { lineNumber, columnNumber, message } = cause as Record<string, unknown>;
  if (typeof lineNumber !== "number" || typeof columnNumber !== "number") {
    return new ConfigError("CONFIG_SYNTAX", file, [{ path: "", message: "this is not JSON5" }], { cause });
  }
  const lines = text.split(LINE_END);
  // A line end that is not expected is counted as column 0 of the next line.
  const ended = columnNumber < 1 && lineNumber > 1;
  const line = ended ? lineNumber - 1 : lineNumber;
  const column = ended ? (lines[line - 1]?.length ?? 0) + 1 : Math.max(columnNumber, 1);
  const problem = {
    path: "",
    message: explain(String(message), text, ended ? undefined : lines[line - 1]?.[column - 1]),
    line,
    column,
    excerpt: excerpt(text, { line, column, length: 1, reveal: false }),
  };
  return new ConfigError("CONFIG_SYNTAX", file, [problem]);
}

/** Only punctuation is quoted: any other character may belong to a secret. */
function explain(message: string, text: string, found: string | undefined): string {
  if (text.trim() === "") return "the file is empty; write at least {}";
  if (message.includes("end of input")) return "the file ends too early; a } or ] or a closing quote is missing";
  if (found === undefined) return "the line ends too early; a closing quote is missing";
  if (/[{}[\]:,"'/]/.test(found)) {
    return `${found} is not expected here; a comma, a quote or a bracket before it may be missing or too many`;
  }
  return "this is not JSON5; a quote or a comma may be missing. Text values need quotes";
}
