import type { ModelMessage } from "@claw/core";

/** Follows what a model is sent step by step, since its thoughts count only behind exactly what they came after. */
export interface SentMessages {
  /** Notes what is sent now, and says whether the thoughts in it still stand behind what they came after. */
  boundAsBefore(messages: readonly ModelMessage[]): boolean;
}

export function createSentMessages(): SentMessages {
  let sent: readonly ModelMessage[] = [];
  return {
    boundAsBefore(messages) {
      const before = sent;
      sent = messages;
      if (!messages.some((message) => "thoughts" in message)) return true;
      return before.every((message, index) => isSame(message, messages[index]));
    },
  };
}

/** The message without what a model thought; itself where that is nothing. */
export function withoutThoughts<One extends { readonly role: string }>(message: One): One {
  if (!("thoughts" in message)) return message;
  const { thoughts: _, ...rest } = message;
  // Nothing else than an optional member is gone.
  return rest as unknown as One;
}

/** What is shortened is a new object each time, and the same to whom it is sent. */
function isSame(before: ModelMessage, now: ModelMessage | undefined): boolean {
  if (before === now) return true;
  if (before.role === "tool" && now?.role === "tool") {
    return before.output === now.output && before.callId === now.callId;
  }
  return JSON.stringify(before) === JSON.stringify(now);
}
