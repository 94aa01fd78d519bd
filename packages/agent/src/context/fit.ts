import type { ModelMessage } from "@claw/core";
import { cutMessage } from "./cut.ts";
import { sumTokens } from "./tokens.ts";

/** Below this a text says nothing any more. */
const MIN_CHARACTERS = 400;

/**
 * The messages within `budget` tokens: the longest are cut first, then the oldest go. What is left is at least the
 * last message with the step that it belongs to; `undefined` when not even that fits.
 */
export function fitMessages(messages: readonly ModelMessage[], budget: number): readonly ModelMessage[] | undefined {
  if (sumTokens(messages) <= budget) return messages;
  let cut = messages;
  for (let characters = budget * 2; characters > MIN_CHARACTERS; characters /= 2) {
    cut = messages.map((message) => cutMessage(message, Math.floor(characters)));
    if (sumTokens(cut) <= budget) return cut;
  }
  cut = messages.map((message) => cutMessage(message, MIN_CHARACTERS));
  const lastStart = cut.findLastIndex(({ role }) => role !== "tool");
  for (let start = 1; start <= lastStart; start++) {
    if (cut[start]?.role === "tool") continue;
    const rest = cut.slice(start);
    if (sumTokens(rest) <= budget) return rest;
  }
  return undefined;
}
