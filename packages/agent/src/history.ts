import type { Message, ToolCall, ToolMessage } from "@claw/core";

/** Calls of the last assistant message that have no result yet. */
export function pendingCalls(messages: readonly Message[]): readonly ToolCall[] {
  const index = messages.findLastIndex((message) => message.role !== "tool");
  const last = messages[index];
  if (last?.role !== "assistant") return [];
  const answered = new Set(resultsAfter(messages, index).map((result) => result.callId));
  return last.toolCalls.filter((call) => !answered.has(call.id));
}

/**
 * The newest messages within `maxCharacters`, cut where a user speaks, so that no tool result stands without its
 * call. The last user message and what follows always stay. Calls that a stopped turn left unanswered get a result
 * that says so: providers refuse a history where one is missing.
 */
export function fitHistory(messages: readonly Message[], maxCharacters: number): readonly Message[] {
  return answerAbandonedCalls(messages.slice(startWithin(messages, maxCharacters)));
}

function startWithin(messages: readonly Message[], maxCharacters: number): number {
  let start = messages.findLastIndex((message) => message.role === "user");
  let size = 0;
  for (let index = messages.length - 1; index >= 0; index--) {
    const message = messages[index];
    if (message === undefined) continue;
    size += sizeOf(message);
    if (size > maxCharacters) break;
    if (message.role === "user") start = Math.min(start, index);
  }
  return Math.max(start, 0);
}

function sizeOf(message: Message): number {
  if (message.role === "user") return message.text.length;
  if (message.role === "tool") return message.output.length;
  return message.text.length + (message.toolCalls.length === 0 ? 0 : JSON.stringify(message.toolCalls).length);
}

function answerAbandonedCalls(messages: readonly Message[]): readonly Message[] {
  const repaired: Message[] = [];
  let lastSpoken = 0;
  for (const [index, message] of messages.entries()) {
    const abandoned = message.role === "user" ? pendingCalls(messages.slice(lastSpoken, index)) : [];
    repaired.push(...abandoned.map(notRun), message);
    if (message.role !== "tool") lastSpoken = index;
  }
  return repaired;
}

function notRun(call: ToolCall): ToolMessage {
  return {
    role: "tool",
    callId: call.id,
    tool: call.tool,
    output: "Not run: the turn was stopped before this call.",
    failed: true,
  };
}

function resultsAfter(messages: readonly Message[], index: number): readonly ToolMessage[] {
  return messages.slice(index + 1).filter((message): message is ToolMessage => message.role === "tool");
}
