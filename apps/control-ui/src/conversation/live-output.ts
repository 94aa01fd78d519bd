import type { Conversation, ToolCallState, TurnPart } from "./conversation.ts";

/** Recorded calls, with what only this page saw of them. */
export function withLiveOutput(parts: readonly TurnPart[], tools: Conversation["tools"]): readonly TurnPart[] {
  if (!parts.some((part) => part.kind === "tool" && tools.has(part.call.callId))) return parts;
  return parts.map((part) => {
    const live = part.kind === "tool" ? tools.get(part.call.callId) : undefined;
    return part.kind === "tool" && live !== undefined ? { kind: "tool", call: combine(part.call, live) } : part;
  });
}

function combine(recorded: ToolCallState, live: ToolCallState): ToolCallState {
  const { output, omitted } = live;
  return recorded.state === "running"
    ? { ...recorded, ...live, args: recorded.args }
    : { ...recorded, output, omitted };
}
