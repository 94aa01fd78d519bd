import {
  type AgentEvent,
  type AssistantMessage,
  ClawError,
  type NewEntry,
  type RunEnd,
  type SessionSettings,
  type Usage,
} from "@claw/core";
import { tokens } from "./commands/usage-line.ts";
import type { GatewayErrorCode } from "./errors.ts";
import type { RunOutcome } from "./events.ts";
import type { ActiveRun } from "./runs.ts";
import { isSilence } from "./silence.ts";

export type TurnEnd = AgentEvent & { readonly type: "turn-end" };

/** What a turn's model steps come to. */
export interface Tally {
  add(message: AssistantMessage): void;
  /** Tokens of a step that says nothing to anybody. */
  spend(step: Pick<AssistantMessage, "usage">): void;
  readonly sum: Pick<RunOutcome, "text" | "inputTokens" | "outputTokens" | "model">;
}

export function createTally(): Tally {
  let sum: Tally["sum"] = { text: "", inputTokens: 0, outputTokens: 0 };
  return {
    add({ text, usage, model }) {
      sum = { ...added(sum, usage), text, model };
    },
    spend({ usage }) {
      sum = added(sum, usage);
    },
    get sum() {
      return sum;
    },
  };
}

function added(sum: Tally["sum"], usage: Usage = {}): Tally["sum"] {
  const { inputTokens = 0, outputTokens = 0 } = usage;
  return { ...sum, inputTokens: sum.inputTokens + inputTokens, outputTokens: sum.outputTokens + outputTokens };
}

export function outcomeOf({ reason, error }: TurnEnd, sum: Tally["sum"]): RunOutcome {
  return {
    state: error !== undefined ? "error" : reason === "aborted" ? "aborted" : "done",
    cut: reason === "length",
    ...sum,
    ...(error === undefined ? {} : { error }),
  };
}

/** How a run ends that did not come as far as an agent's own word. */
export function failed(error: unknown): TurnEnd {
  return { type: "turn-end", reason: "error", error: ClawError.from(error, "GATEWAY_FAILED") };
}

/**
 * What a turn that was stopped before its end says of itself is only how it noticed. Why it was stopped decides: a time
 * limit and the gateway's stop abort with a `ClawError`, a person with anything else.
 */
export function whyEnded(end: TurnEnd, { aborted, reason }: AbortSignal): TurnEnd {
  if (!aborted || end.reason === "done" || end.reason === "length") return end;
  return ClawError.is(reason) ? failed(reason) : { type: "turn-end", reason: "aborted" };
}

/** What a turn is stopped with for the sake of a later message of its session. */
export type Interruption = Required<Pick<RunOutcome, "interruptedBy">>;

export function interruptionOf({ reason }: AbortSignal): Interruption | undefined {
  if (typeof reason !== "object" || reason === null || !("interruptedBy" in reason)) return undefined;
  return typeof reason.interruptedBy === "string" ? { interruptedBy: reason.interruptedBy } : undefined;
}

/** Cut off by the gateway's own stop: the run has not ended, the next start takes it up again. */
export function isCutOff({ error }: Pick<RunOutcome, "error">): boolean {
  return ClawError.is<GatewayErrorCode>(error, "GATEWAY_STOPPING");
}

export function cutOff(): ClawError<GatewayErrorCode> {
  return new ClawError("GATEWAY_STOPPING", "The gateway is stopping; the turn goes on at the next start.");
}

export function runEnd(
  run: ActiveRun,
  outcome: RunOutcome,
  entries: readonly NewEntry[],
  { sendPolicy, responseUsage = "off" }: SessionSettings,
): RunEnd {
  const { state, error } = outcome;
  const said = error === undefined ? outcome.text : `Something went wrong: ${error.message}`;
  const text = responseUsage === "off" || said === "" ? said : `${said}\n\n${usageFooter(outcome, responseUsage)}`;
  const to = sendPolicy === "deny" ? undefined : run.replyTo;
  return {
    reason: state,
    ...(error === undefined ? {} : { error: { code: error.code, message: error.message } }),
    entries: [...entries],
    outbound:
      to === undefined || text === "" || isSilence(said) ? [] : [{ key: `${run.run}:reply`, to, message: { text } }],
    timeline: run.timeline.spans,
  };
}

function usageFooter({ inputTokens, outputTokens, model }: RunOutcome, detail: "tokens" | "full"): string {
  const by = detail === "full" && model !== undefined ? `${model}: ` : "";
  return `_${by}${tokens(inputTokens)} tokens in, ${tokens(outputTokens)} out_`;
}
