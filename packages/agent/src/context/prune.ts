import type { Message, ToolMessage } from "@claw/core";
import { cutText } from "./cut.ts";
import type { PruningOptions } from "./limits.ts";
import { messageTokens, sumTokens } from "./tokens.ts";

const KEPT_OF_A_TRIMMED = 3_000;
const CLEARED = "[An old result, left out to save room. Call the tool again if it is needed.]";
/** How far the border of what is old moves at once: seldom, so that a provider's prompt cache lasts for many turns. */
const STEPS_OF_WINDOW = 8;

/** The messages with old tool results shortened, once the window fills up. Nothing is changed in the transcript. */
export function prune(messages: readonly Message[], window: number, options: PruningOptions = {}): readonly Message[] {
  const { mode = "off", softTrimRatio = 0.3, hardClearRatio = 0.5 } = options;
  if (mode === "off") return messages;
  const size = sumTokens(messages);
  if (size < window * softTrimRatio) return messages;
  const clear = size >= window * hardClearRatio;
  const border = oldUntil(messages, window / STEPS_OF_WINDOW, options.keepLastSteps ?? 3);
  return messages.map((message, index) =>
    index < border && message.role === "tool" ? shorter(message, clear, options.softTrimCharacters ?? 4_000) : message,
  );
}

/** The first message that is not old. */
function oldUntil(messages: readonly Message[], step: number, keepLastSteps: number): number {
  const steps = messages.flatMap((message, index) => (message.role === "assistant" ? [index] : []));
  const newest = steps.at(-keepLastSteps) ?? 0;
  let border = 0;
  let since = 0;
  for (const [index, message] of messages.slice(0, newest).entries()) {
    since += messageTokens(message);
    if (since < step) continue;
    border = index + 1;
    since = 0;
  }
  return border;
}

function shorter(message: ToolMessage, clear: boolean, trimAbove: number): ToolMessage {
  if (message.output.length <= (clear ? CLEARED.length : trimAbove)) return message;
  return { ...message, output: clear ? CLEARED : cutText(message.output, KEPT_OF_A_TRIMMED) };
}
