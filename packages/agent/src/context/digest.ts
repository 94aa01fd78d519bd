import type { Message } from "@claw/core";
import { cutText } from "./cut.ts";

const LINE_CHARACTERS = 240;

/** One line for each thing that was said or done, in the words it was said. */
export function lineOf(message: Message, maxCharacters: number): string {
  switch (message.role) {
    case "summary":
      return message.text;
    case "user":
      return `Person: ${cutText(message.text, maxCharacters)}`;
    case "tool":
      return `Result of ${message.tool}${message.failed ? " (failed)" : ""}: ${cutText(message.output, maxCharacters)}`;
    case "assistant": {
      const calls = message.toolCalls.map(
        ({ tool, input }) => `Called ${tool} ${cutText(JSON.stringify(input) ?? "", maxCharacters)}`,
      );
      return [...(message.text === "" ? [] : [`You: ${cutText(message.text, maxCharacters)}`]), ...calls].join("\n");
    }
  }
}

/** A summary without a model: the beginnings of what people and the agent said, the newest above all. */
export function digest(messages: readonly Message[], maxCharacters: number): string {
  const head = "No model could summarise this part; these are its beginnings, and the whole is in the history.";
  const before = messages.flatMap((message) => (message.role === "summary" ? [message.text] : []));
  const lines: string[] = [];
  let room = Math.floor(maxCharacters / 2);
  for (const message of messages.toReversed()) {
    if (message.role === "tool" || message.role === "summary") continue;
    const line = lineOf(message, LINE_CHARACTERS).replaceAll(/\s+/g, " ");
    if (line.length > room) break;
    room -= line.length;
    lines.unshift(line);
  }
  return cutText([...before.map((text) => cutText(text, maxCharacters / 2)), head, ...lines].join("\n"), maxCharacters);
}
