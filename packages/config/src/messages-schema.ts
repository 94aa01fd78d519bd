import * as z from "zod";

const queueMode = z.enum(["steer", "followup", "collect", "interrupt"]);
const pattern = z.string().min(1).max(512).refine(isPattern, "a regular expression");

export function messagesSchema() {
  const debounceMs = z.number().int().min(0).max(60_000);
  return z.strictObject({
    queue: z
      .strictObject({
        mode: queueMode
          .default("steer")
          .describe(
            "What becomes of a message while its session has a turn going on. steer: that turn reads it before its next model step. followup: it gets a turn of its own. collect: the next turn takes all that wait. interrupt: the turn is stopped for it.",
          ),
        byChannel: z.record(z.string().min(1).max(128), queueMode).default({}).describe("The same by channel id."),
        cap: z
          .number()
          .int()
          .min(1)
          .max(1_000)
          .default(20)
          .describe("Messages of one session that may wait for turns of their own."),
        drop: z
          .enum(["summarize", "old", "new"])
          .default("summarize")
          .describe(
            "What is over the cap. summarize: the next turn reads it as well. old, new: the oldest, or the one that comes, is not answered.",
          ),
        debounceMs: debounceMs.default(500).describe("Quiet, in milliseconds, before a turn that collects begins."),
      })
      .prefault({})
      .describe("Messages that come while a turn goes on."),
    inbound: z
      .strictObject({
        debounceMs: debounceMs
          .default(0)
          .describe("Quiet, in milliseconds, before a channel's messages are answered, in one turn; 0 is at once."),
      })
      .prefault({})
      .describe("Messages that come in bursts."),
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

export const limits = z.strictObject({
  perPerson: z
    .strictObject({
      turns: z.number().int().min(1).max(1_024).default(48).describe("Turns at once of one person."),
      queued: z
        .number()
        .int()
        .min(1)
        .max(100_000)
        .default(1_000)
        .describe("Messages of one person that may wait; a client's next one is refused for now, a channel's waits."),
    })
    .prefault({})
    .describe("For each person."),
  perChannel: z
    .strictObject({ turns: z.number().int().min(1).max(1_024).default(48).describe("Turns at once over one channel.") })
    .prefault({})
    .describe("For each channel."),
});

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
