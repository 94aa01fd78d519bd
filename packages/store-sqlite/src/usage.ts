import type { Message, SessionUsage, TokenSum } from "@claw/core";

/** What one model step spent. */
interface StepUsage extends TokenSum {
  readonly model: string;
}

export const NO_TOKENS: SessionUsage = {
  inputTokens: 0,
  outputTokens: 0,
  cacheReadTokens: 0,
  cacheWriteTokens: 0,
  contextTokens: 0,
};

/** `undefined` when the message is no model step, or one whose tokens nobody counted. */
export function stepUsage(message: Message): StepUsage | undefined {
  if (message.role !== "assistant" || message.usage === undefined) return undefined;
  const { inputTokens = 0, outputTokens = 0, cachedInputTokens = 0, cacheWriteTokens = 0 } = message.usage;
  return { model: message.model, inputTokens, outputTokens, cacheReadTokens: cachedInputTokens, cacheWriteTokens };
}

/** What the steps add to their session. Without any its context stays as full as it was, which is `null` to SQL. */
export function sumOf(
  steps: readonly StepUsage[],
): Omit<SessionUsage, "contextTokens"> & { readonly contextTokens: number | null } {
  const newest = steps.at(-1);
  const sum = (of: keyof TokenSum): number => steps.reduce((total, step) => total + step[of], 0);
  return {
    inputTokens: sum("inputTokens"),
    outputTokens: sum("outputTokens"),
    cacheReadTokens: sum("cacheReadTokens"),
    cacheWriteTokens: sum("cacheWriteTokens"),
    contextTokens: newest === undefined ? null : newest.inputTokens + newest.outputTokens,
  };
}
