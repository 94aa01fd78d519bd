export interface Said {
  readonly role: string;
  readonly text: string;
}

/**
 * One message for an agent out of what a caller tells: the last user message, after all that came before it. Empty when
 * there is no user message.
 */
export function conversationText(said: readonly Said[], instructions = ""): string {
  const last = said.findLast(({ role }) => role === "user");
  if (last === undefined || last.text === "") return "";
  const before = said.filter((one) => one !== last && one.text !== "").map(({ role, text }) => `${role}: ${text}`);
  const context = [
    ...(instructions === "" ? [] : ["Instructions for this answer:", instructions]),
    ...(before.length === 0 ? [] : ["The conversation so far, as the caller tells it:", ...before]),
  ];
  return context.length === 0 ? last.text : [...context, "The message to answer:", last.text].join("\n\n");
}
