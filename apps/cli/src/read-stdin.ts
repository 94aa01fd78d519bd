import { EXIT_CODES } from "./exit-codes.ts";
import { CommandError } from "./failure.ts";

/** All of standard input as text. Rejects above `maxLength` characters. */
export async function readStdin(maxLength: number): Promise<string> {
  process.stdin.setEncoding("utf8");
  let text = "";
  for await (const piece of process.stdin) {
    text += piece;
    if (text.length > maxLength) {
      throw new CommandError(
        EXIT_CODES.usage,
        `Expected at most ${maxLength} characters on standard input, found more.`,
      );
    }
  }
  return text;
}
