import type { Message } from "@claw/core";

/**
 * What a turn is given of a transcript: the newest summary, then what it keeps of the messages before it, then what
 * came after it.
 */
export function contextView(messages: readonly Message[]): readonly Message[] {
  const at = messages.findLastIndex(({ role }) => role === "summary");
  const summary = messages[at];
  if (summary?.role !== "summary") return messages;
  const before = messages.slice(0, at).filter(({ role }) => role !== "summary");
  return [summary, ...before.slice(before.length - Math.min(summary.kept, before.length)), ...messages.slice(at + 1)];
}
