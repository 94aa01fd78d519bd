import { styleText } from "node:util";

export interface Facts {
  readonly version: string;
  /** One sentence: which model, and why. */
  readonly model: string;
  readonly sandbox: { readonly name: string; readonly summary: string; readonly limits: readonly string[] };
}

interface Banner extends Facts {
  readonly address: string;
  /** Of the certificate; absent without TLS. */
  readonly fingerprint: string | undefined;
  /** Absent when none is wanted. */
  readonly token: string | undefined;
  readonly stateDir: string;
  readonly firstStart: boolean;
}

/** What the person at the terminal sees. */
export interface Console {
  banner(banner: Banner): void;
  note(text: string): void;
  /** One line that the next one replaces; `undefined` ends it. Without a terminal only its beginning and end show. */
  progress(line: string | undefined): void;
  warn(text: string): void;
  error(text: string): void;
}

type Style = Parameters<typeof styleText>[0];

const INDENT = 13;
const MAX_WIDTH = 110;

export function createConsole(out: NodeJS.WriteStream, err: NodeJS.WriteStream): Console {
  // styleText itself honours NO_COLOR and what the stream can show.
  const paint = (style: Style, text: string, stream = out): string => styleText(style, text, { stream });
  const row = (name: string, text: string, style: Style = "reset"): string =>
    wrap(text, (out.columns ?? MAX_WIDTH) - INDENT)
      .map((line, index) => `  ${paint("dim", (index === 0 ? name : "").padEnd(11))}${paint(style, line)}\n`)
      .join("");
  let working = false;
  return {
    banner({ version, address, fingerprint, token, model, sandbox, stateDir, firstStart }) {
      const dashboard = token === undefined ? address : `${address}#token=${token}`;
      out.write(`\n  ${paint(["bold", "cyan"], "Claw")} ${paint("dim", version)}\n\n`);
      // In one piece, so that a terminal can open it.
      out.write(`  ${paint("dim", "Dashboard".padEnd(11))}${paint("underline", dashboard)}\n`);
      if (fingerprint !== undefined) out.write(`  ${paint("dim", "SHA-256".padEnd(11))}${fingerprint}\n`);
      out.write(row("Model", model));
      out.write(row("Sandbox", `${sandbox.name} – ${sandbox.summary}`));
      for (const limit of sandbox.limits) out.write(row("", `· ${limit}`, "dim"));
      out.write(row("State", stateDir));
      if (firstStart)
        out.write(`\n  Try: ${paint("green", '"Read the CSV file in /workspace and summarize the top 10 rows"')}\n`);
      out.write(`\n  ${paint("dim", "Ctrl-C stops it.")}\n\n`);
    },
    progress(line) {
      const began = working;
      working = line !== undefined;
      if (out.isTTY)
        out.write(line === undefined ? "\r\u001b[K" : `\r\u001b[K  ${paint("dim", fit(line, out.columns - 4))}`);
      else if (working && !began) out.write("  preparing the sandbox…\n");
      else if (!working && began) out.write("  the sandbox is ready\n");
    },
    note: (text) => void out.write(`  ${paint("dim", text)}\n`),
    warn: (text) => void err.write(`  ${paint("yellow", "warning", err)} ${text}\n`),
    error: (text) => void err.write(`${paint("red", "error", err)} ${text}\n`),
  };
}

function fit(line: string, width: number): string {
  return line.length <= width ? line : `${line.slice(0, Math.max(width - 1, 0))}…`;
}

/** Lines of at most `width` characters, broken at spaces. */
function wrap(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  for (const word of text.split(" ")) {
    const line = lines.at(-1);
    if (line === undefined || line.length + 1 + word.length > Math.max(width, 20)) lines.push(word);
    else lines[lines.length - 1] = `${line} ${word}`;
  }
  return lines;
}
