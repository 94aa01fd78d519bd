import type { Agent, AssistantMessage, Message, ToolCall } from "@claw/core";

/** The call that the newest run of a transcript is for, instead of an agent's turn. */
export function callAskedFor(messages: readonly Message[]): ToolCall | undefined {
  const asked = messages.findLast((message) => message.role === "user");
  return asked?.role === "user" ? asked.call : undefined;
}

/** Makes one call and is done: no model is asked. After a restart it goes on like any agent, from the last message. */
export function oneCallAgent(call: ToolCall): Pick<Agent, "run"> {
  return {
    async *run({ messages, call: make, signal }) {
      const last = messages.at(-1)?.role;
      if (last === "user") yield { type: "step", message: asking(call) };
      if (last !== "tool") await make(call);
      yield { type: "turn-end", reason: signal.aborted ? "aborted" : "done" };
    },
  };
}

function asking(call: ToolCall): AssistantMessage {
  return { role: "assistant", text: "", toolCalls: [call], model: "claw/one-call", stop: "tool-calls" };
}
