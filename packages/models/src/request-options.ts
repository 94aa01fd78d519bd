import type { JSONObject, LanguageModelV4CallOptions, SharedV4Warning } from "@ai-sdk/provider";
import type { ModelEvent, ModelRequest } from "@claw/core";
import type { ModelApi } from "./options.ts";
import { reasoningOf } from "./thinking.ts";

/** What an API is asked for beside the messages: `name` is what the AI SDK calls its options. */
interface ApiOptions {
  readonly name: string;
  /** Sent with every call. */
  readonly always?: JSONObject;
  /** For a call that is to be served fast, and for one that is not. */
  readonly tiers?: readonly [fast: string, standard: string];
}

const apis: Readonly<Partial<Record<ModelApi, ApiOptions>>> = {
  "anthropic-messages": {
    name: "anthropic",
    // Marks the longest stable prefix, so that a step pays for what is new.
    always: { cacheControl: { type: "ephemeral" } },
    // What the account has of Anthropic's priority tier, as far as it goes.
    tiers: ["auto", "standard_only"],
  },
  "openai-responses": {
    name: "openai",
    // Conversations stay here; OpenAI would keep them for 30 days.
    always: { store: false },
    tiers: ["priority", "default"],
  },
  "google-generative-ai": { name: "google", tiers: ["priority", "standard"] },
};

/** The part of a call that says how hard to think and how fast to serve, beside what every call to this API carries. */
export function requestOptions(
  api: ModelApi,
  ref: string,
  request: ModelRequest,
): Pick<LanguageModelV4CallOptions, "reasoning" | "providerOptions"> {
  const { name, always, tiers } = apis[api] ?? {};
  const late = api === "anthropic-messages" && request.thinking !== "off" && cannotThink(request, ref);
  const level = late ? undefined : request.thinking;
  const reasoning = level && reasoningOf[level];
  // Only asked for in its own words does it say that a model can't.
  const inOwnWords = api === "openai-responses" && reasoning !== undefined && reasoning !== "provider-default";
  const own: JSONObject = {
    ...always,
    ...(inOwnWords ? { reasoningEffort: reasoning } : {}),
    ...(tiers === undefined || request.fast === undefined ? {} : { serviceTier: tiers[request.fast ? 0 : 1] }),
  };
  return {
    ...(reasoning === undefined || inOwnWords ? {} : { reasoning }),
    ...(name === undefined || Object.keys(own).length === 0 ? {} : { providerOptions: { [name]: own } }),
  };
}

/** Says what was asked for and is not to be had. */
export function* requestWarnings(
  warnings: readonly SharedV4Warning[],
  api: ModelApi,
  ref: string,
  { thinking, fast }: ModelRequest,
): Generator<ModelEvent> {
  for (const warning of warnings) {
    if (!("feature" in warning)) continue;
    const details = warning.details ?? "";
    if (thinking !== undefined && /reasoning|thinking/i.test(warning.feature)) {
      const text = `${ref} can't think at the level "${thinking}" exactly as asked. ${details}`.trim();
      yield { type: "warning", text };
    } else if (fast === true && /serviceTier/i.test(warning.feature)) {
      yield { type: "warning", text: `${ref} has no faster service. ${details}`.trim() };
    }
  }
  if (fast === true && apis[api]?.tiers === undefined) {
    yield { type: "warning", text: `${ref} has no faster service that could be asked for.` };
  }
}

/**
 * Anthropic refuses to think in the middle of a loop of calls that began without a thought of this model's: where
 * another model began it, or a restart has lost what was thought.
 */
function cannotThink({ messages }: ModelRequest, ref: string): boolean {
  const asked = messages.findLastIndex(({ role }) => role === "user");
  const first = messages.slice(asked + 1).find((message) => message.role === "assistant");
  return first !== undefined && !(first.model === ref && (first.thoughts?.length ?? 0) > 0);
}
