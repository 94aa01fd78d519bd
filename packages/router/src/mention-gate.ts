import type { Inbound } from "@claw/core";

/** What a pattern reads of a message; one that backtracks must not get a whole book to do it on. */
const MAX_CHARACTERS = 2_000;

/**
 * Whether a message is meant for the bot: direct ones are, and those that name it or reply to it; others when one of
 * `patterns` (regular expressions, any case) is found in them. Throws `SyntaxError` for a pattern that is none.
 */
export function mentionGate(patterns: readonly string[]): (message: Inbound) => boolean {
  const names = patterns.map((pattern) => new RegExp(pattern, "i"));
  return ({ from, addressed, text }) => {
    if (from.kind === "direct" || addressed) return true;
    const start = text.slice(0, MAX_CHARACTERS);
    return names.some((name) => name.test(start));
  };
}
