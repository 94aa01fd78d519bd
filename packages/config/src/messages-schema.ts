import * as z from "zod";

const pattern = z.string().min(1).max(512).refine(isPattern, "a regular expression");

export function messagesSchema() {
  return z.strictObject({
    groupChat: z
      .strictObject({
        mentionPatterns: z
          .array(pattern)
          .max(64)
          .default([])
          .describe("Regular expressions, in any case, that mean the bot in a group, beside its mention and replies."),
      })
      .prefault({})
      .describe("Groups and channels."),
  });
}

export const agentToAgent = z.strictObject({
  enabled: z.boolean().default(false).describe("Off: an agent writes to its own sessions only."),
  allow: z
    .array(z.string().min(1).max(128))
    .max(512)
    .default([])
    .describe('Agents that take part, as sender and as receiver; "*" is all.'),
});

function isPattern(text: string): boolean {
  try {
    return new RegExp(text, "i") !== undefined;
  } catch {
    return false;
  }
}
