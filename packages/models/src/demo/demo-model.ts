import type { Model } from "@claw/core";
import { nextStep } from "./step.ts";

export const DEMO_REF = "demo/offline";

/**
 * A model made of a few fixed rules: no network, no key, and the same transcript always gets the same answer. It works
 * through real tool calls (`exec`, `read`, `write`, `ls`), one a step.
 */
export function demoModel(): Model {
  return {
    ref: DEMO_REF,
    async *stream({ messages, tools, signal }) {
      const { text, call } = nextStep(messages, new Set(tools.map(({ name }) => name)));
      for (const delta of text.match(/\s*\S+|\s+$/g) ?? []) {
        if (signal.aborted) break;
        yield { type: "text-delta", text: delta };
      }
      if (call !== undefined && !signal.aborted) yield { type: "tool-call", ...call };
      const stop = signal.aborted ? "aborted" : call === undefined ? "stop" : "tool-calls";
      yield { type: "model-end", stop };
    },
  };
}
