import type { Message, ModelMessage, ToolCall, ToolMessage } from "@claw/core";

/** Calls of the last assistant message that have no result yet. */
export function pendingCalls(messages: readonly Message[]): readonly ToolCall[] {
  const index = messages.findLastIndex((message) => message.role !== "tool");
  const last = messages[index];
  if (last?.role !== "assistant") return [];
  const answered = new Set(resultsAfter(messages, index).map((result) => result.callId));
  return last.toolCalls.filter((call) => !answered.has(call.id));
}

/** Without results whose call is not there: providers refuse a history with one. */
export function withoutOrphans(messages: readonly ModelMessage[]): readonly ModelMessage[] {
  const asked = new Set<string>();
  return messages.filter((message) => {
    if (message.role === "assistant") for (const { id } of message.toolCalls) asked.add(id);
    return message.role !== "tool" || asked.has(message.callId);
  });
}

/** Calls that a stopped turn left unanswered get a result that says so: providers refuse a history where one is missing. */
export function answerAbandonedCalls(messages: readonly ModelMessage[]): readonly ModelMessage[] {
  const repaired: ModelMessage[] = [];
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
