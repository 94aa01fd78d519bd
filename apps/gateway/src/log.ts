import { existsSync, mkdirSync, renameSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Logger } from "@claw/core";
import pino from "pino";
import type { Console } from "./console.ts";
import { createRedactor, REDACTED } from "./redact.ts";

const MAX_FILE_BYTES = 20 * 1024 * 1024;
/** What is kept for a disk that takes nothing now; what comes on top is dropped. */
const MAX_UNWRITTEN_BYTES = 1024 * 1024;
const SECRETS = ["token", "password", "apiKey", "authorization", "headers"].flatMap((name) => [name, `*.${name}`]);

export interface LogOptions {
  readonly level: pino.LevelWithSilent;
  readonly file: string | undefined;
  readonly stateDir: string;
  /** Taken out of everything that is written. */
  readonly secrets: readonly string[];
}

/** Where the log is written. */
export const logPath = ({ file, stateDir }: Pick<LogOptions, "file" | "stateDir">): string =>
  file ?? join(stateDir, "logs", "gateway.jsonl");

/** JSON lines into a file of its owner's; what a person must know goes to the terminal as well. */
export function createLog({ level, file, stateDir, secrets }: LogOptions, terminal: Console): Logger {
  const path = logPath({ file, stateDir });
  const redact = createRedactor(secrets);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  if (existsSync(path) && statSync(path).size > MAX_FILE_BYTES) renameSync(path, `${path}.1`);
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
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

function withReason(message: string, { error, reason }: Readonly<Record<string, unknown>>): string {
  const why = error ?? reason;
  return why === undefined ? message : `${message}: ${String(why)}`;
}
