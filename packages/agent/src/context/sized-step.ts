import {
  type AgentEvent,
  ClawError,
  type Clock,
  type Message,
  type Model,
  type ModelRequest,
  type Turn,
} from "@claw/core";
import type { AgentErrorCode } from "../errors.ts";
import { modelStep, type StepResult } from "../step.ts";
import { isOverflow } from "./ask.ts";
import { type BeforeCompaction, compact } from "./compact.ts";
import { fitMessages } from "./fit.ts";
import { type ContextOptions, contextLimits } from "./limits.ts";
import { project } from "./project.ts";
import { type SentMessages, withoutThoughts } from "./thoughts.ts";
import { sumTokens, textTokens, toolTokens } from "./tokens.ts";

/** Room for messages is never taken for less, however wrong the guess: a provider may still take the request. */
const MIN_MESSAGE_TOKENS = 64;
/** A store gives a turn no more than 1,000 entries: a summary comes well before. */
const MAX_MESSAGES = 800;
export const DEFAULT_TIMEOUT_MS = 180_000;
/** Who waits longer than this is not in a hurry. */
const FAST_AUTO_MS = 60_000;

export interface Conversation {
  readonly turn: Turn;
  readonly model: Model;
  readonly system: string;
  readonly options: ContextOptions;
  /** Who writes summaries. */
  readonly writer: () => Promise<Model>;
  readonly before: BeforeCompaction | undefined;
  readonly sent: SentMessages;
  readonly clock: Clock;
  readonly startedMs: number;
}

interface SizedStep extends StepResult {
  /** What the model was given, and goes on from. */
  readonly messages: readonly Message[];
}

/**
 * One model step that fits the window: what is too much is compacted before, and again with half the room each time the
 * provider refuses it as too long. Only the first time asks a model for a summary, so that it comes to an end.
 */
export async function* sizedStep(
  conversation: Conversation,
  given: readonly Message[],
  step: number,
): AsyncGenerator<AgentEvent, SizedStep> {
  const { turn, model, system, options } = conversation;
  const limits = contextLimits(model.contextWindow, options);
  const around = textTokens(system) + toolTokens(turn.tools);
  let room = Math.max(MIN_MESSAGE_TOKENS, limits.request - around);
  let messages = given;
  for (let refusals = 0; ; refusals++) {
    let projected = project(messages, limits, options.pruning);
    const full = sumTokens(projected) > room || messages.length > MAX_MESSAGES;
    if (full && (refusals > 0 || options.compaction?.enabled !== false)) {
      messages = yield* compact(messages, {
        turn,
        limits,
        writer: refusals > 1 ? undefined : await conversation.writer(),
        keepTokens: Math.min(limits.keep, Math.floor(room / 2)),
        reason: refusals > 0 ? "overflow" : "threshold",
        timeoutMs: options.compaction?.timeoutMs ?? DEFAULT_TIMEOUT_MS,
        before: conversation.before,
        clock: conversation.clock,
      });
      projected = project(messages, limits, options.pruning);
    }
    let fitted = fitMessages(projected, room);
    if (fitted === undefined) throw tooLarge(conversation, limits.window);
    if (!conversation.sent.boundAsBefore(fitted)) {
      messages = messages.map(withoutThoughts);
      fitted = fitted.map(withoutThoughts);
    }
    const result = yield* modelStep(model, { system, messages: fitted, ...settingsOf(conversation) }, step);
    if (!isOverflow(result.error) || turn.signal.aborted) return { ...result, messages };
    const sent = sumTokens(fitted);
    if (sent < MIN_MESSAGE_TOKENS) throw tooLarge(conversation, limits.window, result.error);
    room = Math.floor(Math.min(room, sent) / 2);
  }
}

function settingsOf({ turn, clock, startedMs }: Conversation): Omit<ModelRequest, "system" | "messages"> {
  const { tools, signal, thinking, fast: asked } = turn;
  const hurried = clock.monotonicMs() - startedMs < FAST_AUTO_MS;
  const fast = asked !== "auto" ? asked : hurried || undefined;
  return { tools, signal, ...(thinking === undefined ? {} : { thinking }), ...(fast === undefined ? {} : { fast }) };
}

function tooLarge({ turn, model, system }: Conversation, window: number, cause?: ClawError): ClawError<AgentErrorCode> {
  const message = `Even without the history the request does not fit ${model.ref} (${window} tokens): the system text with the workspace files takes about ${textTokens(system)}, the ${turn.tools.length} tools about ${toolTokens(turn.tools)}. Shorten the workspace files, offer the agent fewer tools, or choose a model with a larger window.`;
  return new ClawError("AGENT_CONTEXT_TOO_SMALL", message, cause === undefined ? {} : { cause });
}
