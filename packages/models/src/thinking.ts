import type { LanguageModelV4CallOptions, SharedV4Warning } from "@ai-sdk/provider";
import type { ModelEvent, ThinkingLevel } from "@claw/core";
import { callOptions } from "./language-model.ts";
import type { ModelApi } from "./options.ts";

type Reasoning = NonNullable<LanguageModelV4CallOptions["reasoning"]>;

/** What the AI SDK calls each level; it knows none beyond `max`. */
const reasoningOf: Readonly<Record<ThinkingLevel, Reasoning>> = {
  off: "none",
  minimal: "minimal",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "xhigh",
  adaptive: "provider-default",
  max: "max",
  ultra: "max",
};

/** The part of a call that says how hard to think, beside what every call to this API carries. */
export function thinkingOptions(
  api: ModelApi,
  level: ThinkingLevel | undefined,
): Pick<LanguageModelV4CallOptions, "reasoning" | "providerOptions"> {
  const providerOptions = callOptions[api];
  if (level === undefined) return providerOptions === undefined ? {} : { providerOptions };
  const reasoning = reasoningOf[level];
  // Only asked for in its own words does it say that a model can't.
  if (api === "openai-responses" && reasoning !== "provider-default") {
    return { providerOptions: { openai: { ...providerOptions?.["openai"], reasoningEffort: reasoning } } };
  }
  return { reasoning, ...(providerOptions === undefined ? {} : { providerOptions }) };
}

/** Says when a model can't think as it was asked to. */
export function* thinkingWarnings(
  warnings: readonly SharedV4Warning[],
  level: ThinkingLevel,
  ref: string,
): Generator<ModelEvent> {
  for (const warning of warnings) {
    if (!("feature" in warning) || !/reasoning|thinking/i.test(warning.feature)) continue;
    const text = `${ref} can't think at the level "${level}" exactly as asked. ${warning.details ?? ""}`.trim();
    yield { type: "warning", text };
  }
}
