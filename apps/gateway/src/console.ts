import { styleText } from "node:util";

export interface Facts {
  readonly version: string;
  /** One sentence: which model, and why. */
  readonly model: string;
  readonly sandbox: { readonly name: string; readonly summary: string; readonly limits: readonly string[] };
}

export interface Banner extends Facts {
  readonly address: string;
  /** Absent when none is wanted. */
  readonly token: string | undefined;
  readonly stateDir: string;
  readonly firstStart: boolean;
}

/** What the person at the terminal sees. */
export interface Console {
  banner(banner: Banner): void;
  note(text: string): void;
  warn(text: string): void;
  error(text: string): void;
}

type Style = Parameters<typeof styleText>[0];

export function createConsole(out: NodeJS.WriteStream, err: NodeJS.WriteStream): Console {
  // styleText itself honours NO_COLOR and what the stream can show.
  const paint = (style: Style, text: string, stream = out): string => styleText(style, text, { stream });
  const row = (name: string, text: string): string => `  ${paint("dim", name.padEnd(11))}${text}\n`;
  return {
    banner({ version, address, token, model, sandbox, stateDir, firstStart }) {
      const dashboard = token === undefined ? address : `${address}#token=${token}`;
      out.write(`\n  ${paint(["bold", "cyan"], "Claw")} ${paint("dim", version)}\n\n`);
      out.write(row("Dashboard", paint(["underline"], dashboard)));
      out.write(row("Model", model));
      out.write(row("Sandbox", `${paint("bold", sandbox.name)} – ${sandbox.summary}`));
      for (const limit of sandbox.limits) out.write(row("", paint("dim", `· ${limit}`)));
      out.write(row("State", stateDir));
      if (firstStart)
        out.write(`\n  Try: ${paint("green", '"Read the CSV file in /workspace and summarize the top 10 rows"')}\n`);
      out.write(`\n  ${paint("dim", "Ctrl-C stops it.")}\n\n`);
    },
    note: (text) => void out.write(`  ${paint("dim", text)}\n`),
    warn: (text) => void err.write(`  ${paint("yellow", "warning", err)} ${text}\n`),
    error: (text) => void err.write(`${paint("red", "error", err)} ${text}\n`),
  };
}
