import { z } from "zod";

const share = z.number().min(0.05).max(1);

/** Keys of `agents.defaults` that keep a conversation within its model's window; defaults are those of `@claw/agent`. */
export const contextFields = {
  compaction: z
    .strictObject({
      enabled: z
        .boolean()
        .default(true)
        .describe("Summarise before the window is full; false waits until a provider refuses a request as too long."),
      reserveTokens: z
        .number()
        .int()
        .positive()
        .exactOptional()
        .describe("Tokens left free for the answer: 20000 when absent, at most a quarter of the window."),
      keepRecentTokens: z
        .number()
        .int()
        .positive()
        .exactOptional()
        .describe("Tokens of the newest messages that stay as they are: 20000 when absent."),
      timeoutSeconds: z.number().int().positive().max(3_600).default(180).describe("For writing one summary."),
      model: z
        .string()
        .min(1)
        .exactOptional()
        .describe("Role or provider/model that writes summaries; the one that answers when absent."),
    })
    .prefault({})
    .describe("When and how older messages are made into a summary."),
  contextPruning: z
    .strictObject({
      mode: z.enum(["off", "on", "cache-ttl"]).default("off").describe("Shorten old tool results; cache-ttl is on."),
      softTrimRatio: share.exactOptional().describe("Fill of the window at which they lose their middle: 0.3."),
      hardClearRatio: share.exactOptional().describe("Fill at which they go altogether: 0.5."),
      keepLastAssistants: z.number().int().min(0).exactOptional().describe("Newest model steps left alone: 3."),
    })
    .prefault({})
    .describe("What a model is given of old tool results; the history keeps them whole."),
};
