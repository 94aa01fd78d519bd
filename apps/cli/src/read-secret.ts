import { EXIT_CODES } from "./exit-codes.ts";
import { CommandError } from "./failure.ts";
import { readStdin } from "./read-stdin.ts";

const MAX_LENGTH = 4_096;

/** A secret from a pipe, or asked for without showing it: in the arguments every process list would have it. */
export async function readSecret(question: string): Promise<string> {
  const secret = process.stdin.isTTY ? await ask(question) : (await readStdin(MAX_LENGTH)).replace(/\r?\n$/, "");
  if (secret === "") throw new CommandError(EXIT_CODES.usage, "Nothing was entered.");
  return secret;
}

async function ask(question: string): Promise<string> {
  const { isCancel, password } = await import("@clack/prompts");
  const answer = await password({ message: question });
  if (isCancel(answer)) throw new CommandError(EXIT_CODES.interrupted, "");
  return answer ?? "";
}
