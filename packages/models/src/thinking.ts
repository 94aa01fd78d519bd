import type { LanguageModelV4CallOptions, LanguageModelV4StreamPart, SharedV4ProviderMetadata } from "@ai-sdk/provider";
import type { ThinkingLevel, Thought } from "@claw/core";

type Reasoning = NonNullable<LanguageModelV4CallOptions["reasoning"]>;

/** What the AI SDK calls each level; it knows none beyond `max`. */
export const reasoningOf: Readonly<Record<ThinkingLevel, Reasoning>> = {
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

/** Gathers what a model thinks from a stream: a thought when one has ended, or when a call is signed. */
export function thoughtReader(): (part: LanguageModelV4StreamPart) => Thought | undefined {
  const open = new Map<string, { text: string; seal: SharedV4ProviderMetadata }>();
  return (part) => {
    switch (part.type) {
      case "reasoning-start":
        open.set(part.id, { text: "", seal: part.providerMetadata ?? {} });
        return undefined;
      case "reasoning-delta": {
        const thought = open.get(part.id);
        if (thought === undefined) return undefined;
        thought.text += part.delta;
        thought.seal = joined(thought.seal, part.providerMetadata);
        return undefined;
      }
      case "reasoning-end": {
        const thought = open.get(part.id);
        open.delete(part.id);
        return thought && sealed(thought.text, joined(thought.seal, part.providerMetadata));
      }
      case "tool-call": {
        const signed = Object.values(part.providerMetadata ?? {}).some(
          (own) => typeof own?.["thoughtSignature"] === "string",
        );
        return signed ? { ...sealed("", part.providerMetadata ?? {}), callId: part.toolCallId } : undefined;
      }
      default:
        return undefined;
    }
  };
}

function sealed(text: string, seal: SharedV4ProviderMetadata): Thought {
  return Object.keys(seal).length === 0 ? { text } : { text, seal };
}

/** A signature may come in a part of its own, after the text. */
function joined(
  earlier: SharedV4ProviderMetadata,
  later: SharedV4ProviderMetadata | undefined,
): SharedV4ProviderMetadata {
  const all = { ...earlier };
  for (const [provider, own] of Object.entries(later ?? {})) all[provider] = { ...all[provider], ...own };
  return all;
}
