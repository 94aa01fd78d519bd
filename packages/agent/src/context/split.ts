import type { Message } from "@claw/core";
import { messageTokens } from "./tokens.ts";

/**
 * Where the newest messages begin that fit `keepTokens`: never at a tool result, which would stand without its call.
 * What is left of it may be summarised; 0 when there is nothing.
 */
export function splitPoint(messages: readonly Message[], keepTokens: number): number {
  let start = messages.findLastIndex(({ role }) => role === "user" || role === "assistant");
  let tokens = 0;
  for (let index = messages.length - 1; index > 0; index--) {
    const message = messages[index];
    if (message === undefined || message.role === "summary") break;
    tokens += messageTokens(message);
    if (tokens > keepTokens) break;
    if (message.role !== "tool") start = Math.min(start, index);
  }
  const older = messages.slice(0, Math.max(start, 0));
  return older.some(({ role }) => role !== "summary") ? older.length : 0;
}
