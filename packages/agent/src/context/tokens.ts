import type { Message, ToolSpec } from "@claw/core";

/** Bytes of UTF-8 a token stands for: about 4 in English, 3 in Chinese; a little low, so that the guess is high. */
const BYTES_PER_TOKEN = 3.5;
/** What a provider wraps around each message. */
const MESSAGE_OVERHEAD = 4;

const ofMessages = new WeakMap<Message, number>();
const ofTools = new WeakMap<readonly ToolSpec[], number>();

export function textTokens(text: string): number {
  return Math.ceil(Buffer.byteLength(text) / BYTES_PER_TOKEN);
}

/** A guess, made once for each message. */
export function messageTokens(message: Message): number {
  const known = ofMessages.get(message);
  if (known !== undefined) return known;
  const tokens = MESSAGE_OVERHEAD + textTokens(textOf(message));
  ofMessages.set(message, tokens);
  return tokens;
}

export function sumTokens(messages: readonly Message[]): number {
  return messages.reduce((sum, message) => sum + messageTokens(message), 0);
}

export function toolTokens(tools: readonly ToolSpec[]): number {
  const known = ofTools.get(tools) ?? textTokens(JSON.stringify(tools));
  ofTools.set(tools, known);
  return known;
}

function textOf(message: Message): string {
  if (message.role === "tool") return message.output;
  if (message.role !== "assistant" || message.toolCalls.length === 0) return message.text;
  return message.text + JSON.stringify(message.toolCalls) + (message.thoughts ? JSON.stringify(message.thoughts) : "");
}
