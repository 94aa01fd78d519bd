import { createInterface } from "node:readline";
import { Writable } from "node:stream";
import { paint } from "../output.ts";

export interface LineReaderOptions {
  readonly interactive: boolean;
  /** A run goes on: what is typed is not shown, and Ctrl-C is for the run. */
  readonly busy: () => boolean;
  readonly onInterrupt: () => void;
  /** True when a line was dealt with at once, out of turn. */
  readonly onLine: (line: string) => boolean;
}

export interface LineReader extends AsyncIterable<string> {
  close(): void;
}

const COMMANDS = ["/new", "/sessions", "/stop", "/help", "/exit"] as const;

/** Lines from a terminal (with history and completion of commands) or from a pipe. Lines pasted together are one. */
export function createLineReader({ interactive, busy, onInterrupt, onLine }: LineReaderOptions): LineReader {
  const output = interactive ? terminalUnless(busy) : undefined;
  const readline = createInterface({
    input: process.stdin,
    ...(output && { output, terminal: true, prompt: paint(["bold", "cyan"], "› "), completer }),
    historySize: 1_000,
    removeHistoryDuplicates: true,
    crlfDelay: Number.POSITIVE_INFINITY,
  });
  const lines: string[] = [];
  const waiting: ((line: string | undefined) => void)[] = [];
  let pasted: string[] = [];
  let closed = false;

  function deliver(line: string): void {
    if (onLine(line.trim())) return;
    const next = waiting.shift();
    if (next === undefined) lines.push(line);
    else next(line);
  }

  function flush(): void {
    // A paste that does not end in a line break goes on with what is typed next.
    if (pasted.length === 0 || (readline.line !== "" && !closed)) return;
    const text = pasted.join("\n");
    pasted = [];
    deliver(text);
  }

  readline.on("line", (line) => {
    if (!interactive) return deliver(line);
    pasted.push(line);
    if (pasted.length === 1) setImmediate(flush);
    else if (readline.line === "") setImmediate(flush);
  });
  readline.on("SIGINT", () => {
    if (busy()) return onInterrupt();
    process.stdout.write("\n");
    readline.close();
  });
  readline.on("close", () => {
    closed = true;
    flush();
    for (const next of waiting.splice(0)) next(undefined);
  });

  return {
    close: () => readline.close(),
    async *[Symbol.asyncIterator]() {
      for (;;) {
        const ready = lines.shift();
        if (ready === undefined && closed) return;
        if (ready === undefined && interactive) readline.prompt();
        const line = ready ?? (await new Promise<string | undefined>((resolve) => waiting.push(resolve)));
        if (line === undefined) return;
        yield line;
      }
    },
  };
}

function completer(line: string): [string[], string] {
  return [line.startsWith("/") ? COMMANDS.filter((command) => command.startsWith(line)) : [], line];
}

/** Standard output that readline can't draw on while an answer is being written there. */
function terminalUnless(muted: () => boolean): Writable {
  const { stdout } = process;
  const output = new Writable({
    write(chunk, _encoding, done) {
      if (!muted()) stdout.write(chunk);
      done();
    },
  });
  return Object.defineProperties(output, {
    isTTY: { value: true },
    columns: { get: () => stdout.columns },
    rows: { get: () => stdout.rows },
  });
}
