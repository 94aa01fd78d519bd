import { closeSync, existsSync, mkdirSync, openSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Logger } from "@claw/core";
import pino from "pino";
import type { Console } from "./console.ts";
import { REDACTED } from "./redact.ts";

const MAX_FILE_BYTES = 20 * 1024 * 1024;
/** What is kept for a disk that takes nothing now; what comes on top is dropped. */
const MAX_UNWRITTEN_BYTES = 1024 * 1024;
const SECRETS = ["token", "password", "apiKey", "authorization", "headers"].flatMap((name) => [name, `*.${name}`]);

export interface LogOptions {
  readonly level: pino.LevelWithSilent;
  readonly file: string | undefined;
  readonly stateDir: string;
  /** Everything goes through it that is written. */
  readonly redact: (text: string) => string;
}

export interface Log extends Logger {
  /** Where it is written now. */
  readonly path: () => string;
  /** Another level, another file from now on. Throws when the file can't be written, and then nothing changes. */
  change(options: Pick<LogOptions, "level" | "file">): void;
}

/** JSON lines into a file of its owner's; what a person must know goes to the terminal as well. */
export function createLog({ level, file, stateDir, redact }: LogOptions, terminal: Console): Log {
  const pathOf = (named: string | undefined): string => named ?? join(stateDir, "logs", "gateway.jsonl");
  let path = pathOf(file);
  prepare(path);
  const destination = pino.destination({ dest: path, sync: false, mode: 0o600, maxLength: MAX_UNWRITTEN_BYTES });
  // A disk that is full or gone takes the log with it and nothing else; the next line tries again.
  let stuck = false;
  destination.on("error", () => {
    stuck = true;
  });
  destination.on("write", () => {
    stuck = false;
  });
  // Ahead of the library, which at the exit would try for ever.
  process.prependOnceListener("exit", () => stuck && destination.destroy());
  const log = pino(
    { level, base: null, redact: { paths: SECRETS, censor: REDACTED }, hooks: { streamWrite: redact } },
    destination,
  );
  const write =
    (name: "debug" | "info" | "warn" | "error"): Logger["info"] =>
    (message, fields = {}) => {
      log[name](fields, message);
      if (name === "warn" || name === "error") terminal.warn(redact(withReason(message, fields)));
    };
  return {
    debug: write("debug"),
    info: write("info"),
    warn: write("warn"),
    error: write("error"),
    path: () => path,
    change(wanted) {
      const next = pathOf(wanted.file);
      if (next !== path) {
        prepare(next);
        closeSync(openSync(next, "a", 0o600));
        destination.reopen(next);
        path = next;
      }
      log.level = wanted.level;
    },
  };
}

/** Makes its directory, and puts away what has grown too long. */
function prepare(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (existsSync(path) && statSync(path).size > MAX_FILE_BYTES) renameSync(path, `${path}.1`);
}

function withReason(message: string, { error, reason }: Readonly<Record<string, unknown>>): string {
  const why = error ?? reason;
  return why === undefined ? message : `${message}: ${String(why)}`;
}
