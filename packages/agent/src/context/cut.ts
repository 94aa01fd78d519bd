import type { AssistantMessage, ModelMessage } from "@claw/core";

/** The head and the tail of a text, with a mark between that says how much is missing. */
export function cutText(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const mark = (missing: number): string => `\n[… ${missing} characters left out …]\n`;
  const room = Math.max(0, maxCharacters - mark(text.length).length);
  const head = Math.ceil(room * 0.6);
  return (
    wellFormed(text.slice(0, head)) + mark(text.length - room) + wellFormed(text.slice(text.length - (room - head)))
  );
}

/** The message with no text in it longer than this; the message itself when there is none. */
export function cutMessage(message: ModelMessage, maxCharacters: number): ModelMessage {
  switch (message.role) {
    case "user":
      return message.text.length <= maxCharacters
        ? message
        : { ...message, text: cutText(message.text, maxCharacters) };
    case "tool":
      return message.output.length <= maxCharacters
        ? message
        : { ...message, output: cutText(message.output, maxCharacters) };
    case "assistant":
      return cutAssistant(message, maxCharacters);
  }
}

function cutAssistant(message: AssistantMessage, maxCharacters: number): AssistantMessage {
  const calls = message.toolCalls.map((call) => {
    const size = JSON.stringify(call.input)?.length ?? 0;
    return size <= maxCharacters ? call : { ...call, input: cutInput(call.input, maxCharacters) };
  });
  const same = calls.every((call, index) => call === message.toolCalls[index]);
  if (same && message.text.length <= maxCharacters) return message;
  return { ...message, text: cutText(message.text, maxCharacters), toolCalls: calls };
}

/** An input of many fields may still be large after each was cut: then it is kept as a text that says so. */
function cutInput(input: unknown, maxCharacters: number): unknown {
  const json = JSON.stringify(input);
  if (typeof input !== "object" || input === null || Array.isArray(input)) return cutText(json, maxCharacters);
  const fields = Object.entries(input);
  const each = Math.floor(maxCharacters / Math.max(1, fields.length));
  const cut = Object.fromEntries(
    fields.map(([key, value]) => {
      const text = typeof value === "string" ? value : JSON.stringify(value);
      return [key, (text?.length ?? 0) <= each ? value : cutText(text ?? "", each)];
    }),
  );
  return JSON.stringify(cut).length <= maxCharacters * 2 ? cut : { input: cutText(json, maxCharacters) };
}

/** A cut may fall inside a pair of surrogates, which some providers refuse. */
function wellFormed(text: string): string {
  return text.replace(/^[\udc00-\udfff]|[\ud800-\udbff]$/g, "");
}
