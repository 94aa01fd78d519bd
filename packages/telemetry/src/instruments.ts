import type { RunEvent, Usage } from "@claw/core";
import type { Attributes, Meter } from "@opentelemetry/api";
import { modelAttributes } from "./attributes.ts";

/** Seconds; the buckets that the GenAI conventions advise for durations. */
const SECONDS = [0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.64, 1.28, 2.56, 5.12, 10.24, 20.48, 40.96, 81.92];
/** The buckets that the GenAI conventions advise for tokens. */
const TOKENS = [1, 4, 16, 64, 256, 1_024, 4_096, 16_384, 65_536, 262_144, 1_048_576];

/** Counts and times what happens in runs. */
export function createInstruments(meter: Meter): (event: RunEvent) => void {
  const seconds = (name: string, description: string) =>
    meter.createHistogram(name, { description, unit: "s", advice: { explicitBucketBoundaries: SECONDS } });
  const accepted = meter.createCounter("claw.messages.accepted", { description: "Messages that were journalled." });
  const runs = meter.createCounter("claw.runs.ended", { description: "Runs that came to an end, by how." });
  const stages = seconds("claw.stage.duration", "Time of one stage of a run.");
  const operations = seconds("gen_ai.client.operation.duration", "Time of a model call or of a tool's execution.");
  const tokens = meter.createHistogram("gen_ai.client.token.usage", {
    description: "Tokens of a model call, by type.",
    unit: "{token}",
    advice: { explicitBucketBoundaries: TOKENS },
  });

  function countTokens(model: string, { inputTokens, outputTokens }: Usage): void {
    const attributes = modelAttributes(model);
    const record = (type: string, count: number | undefined): void => {
      if (count !== undefined) tokens.record(count, { ...attributes, "gen_ai.token.type": type });
    };
    record("input", inputTokens);
    record("output", outputTokens);
  }

  function time({ stage, label, durationMs }: Extract<RunEvent, { readonly type: "span" }>["span"]): void {
    stages.record(durationMs / 1_000, { "claw.stage": stage });
    if (stage === "model") operations.record(durationMs / 1_000, modelAttributes(label ?? ""));
  }

  return (event) => {
    const agent: Attributes = { "gen_ai.agent.name": event.agent };
    switch (event.type) {
      case "message-accepted":
        return accepted.add(1, agent);
      case "span":
        return time(event.span);
      case "turn-event":
        if (event.event.type !== "step") return;
        return countTokens(event.event.message.model, event.event.message.usage ?? {});
      case "tool-end":
        return operations.record(event.durationMs / 1_000, {
          "gen_ai.operation.name": "execute_tool",
          "gen_ai.tool.name": event.call.tool,
          ...(event.result.failed ? { "error.type": "tool_failed" } : {}),
        });
      case "run-ended": {
        const { state, error } = event.outcome;
        return runs.add(1, { ...agent, "claw.run.state": state, ...(error ? { "error.type": error.code } : {}) });
      }
    }
  };
}
