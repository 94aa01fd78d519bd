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
  if (message.role !== "assistant" && message.role !== "summary") return undefined;
  const { model, usage } = message;
  if (model === undefined || usage === undefined) return undefined;
  const { inputTokens = 0, outputTokens = 0, cachedInputTokens = 0, cacheWriteTokens = 0 } = usage;
  return { model, inputTokens, outputTokens, cacheReadTokens: cachedInputTokens, cacheWriteTokens };
}

/** How full the context is after the newest of them; `null`, which is no change to SQL, when none of them says. */
function contextAfter(messages: readonly Message[]): number | null {
  const newest = messages.findLast((message) => message.role === "summary" || stepUsage(message) !== undefined);
  if (newest?.role === "summary") return newest.tokensAfter;
  const step = newest && stepUsage(newest);
  return step === undefined ? null : step.inputTokens + step.outputTokens;
}

/** What the messages of a turn add to their session. */
export function sumOf(
  messages: readonly Message[],
  steps: readonly StepUsage[],
): Omit<SessionUsage, "contextTokens"> & { readonly contextTokens: number | null } {
  const sum = (of: keyof TokenSum): number => steps.reduce((total, step) => total + step[of], 0);
  return {
    inputTokens: sum("inputTokens"),
    outputTokens: sum("outputTokens"),
    cacheReadTokens: sum("cacheReadTokens"),
    cacheWriteTokens: sum("cacheWriteTokens"),
    contextTokens: contextAfter(messages),
  };
}
