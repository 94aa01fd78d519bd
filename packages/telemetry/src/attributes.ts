import type { Attributes } from "@opentelemetry/api";

/** How the GenAI conventions name a call of `provider/model`. */
export function modelAttributes(ref: string): Attributes {
  const slash = ref.indexOf("/");
  return {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": slash > 0 ? ref.slice(0, slash) : "unknown",
    "gen_ai.request.model": ref.slice(slash + 1),
  };
}
