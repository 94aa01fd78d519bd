import type { ConfigValue } from "@claw/config";
import JSON5 from "json5";
import { EXIT_CODES } from "../exit-codes.ts";
import { CommandError } from "../failure.ts";
import { readStdin } from "../read-stdin.ts";

const MAX_VALUE_LENGTH = 1_000_000;

/** The value to set: from the argument, from a pipe, or asked for without showing it. */
export async function readValue(path: string, argument: string | undefined): Promise<ConfigValue> {
  const ask = argument === undefined && process.stdin.isTTY;
  if (ask) return askFor(path);
  const piped = argument === undefined || argument === "-";
  return parseValue(piped ? (await readStdin(MAX_VALUE_LENGTH)).replace(/\r?\n$/, "") : argument);
}

/** JSON5 where it is that, else the text as it stands. */
export function parseValue(text: string): ConfigValue {
  try {
    return JSON5.parse(text, (_key, value) => {
      if (typeof value === "number" && !Number.isFinite(value)) throw new RangeError("not a JSON number");
      return value;
    });
  } catch {
    return text;
  }
}

async function askFor(path: string): Promise<ConfigValue> {
  const { isCancel, password } = await import("@clack/prompts");
  const answer = await password({ message: `Value of ${path} (not shown)` });
  if (isCancel(answer)) throw new CommandError(EXIT_CODES.interrupted, "");
  if (answer === "" || answer === undefined)
    throw new CommandError(EXIT_CODES.usage, "Nothing was entered; nothing is changed.");
  return parseValue(answer);
}
