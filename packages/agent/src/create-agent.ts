import {
  type Agent,
  type AgentEvent,
  ClawError,
  type Clock,
  type Message,
  type ModelSource,
  systemClock,
  type Turn,
} from "@claw/core";
import { type BeforeCompaction, compact } from "./context/compact.ts";
import { type ContextOptions, contextLimits } from "./context/limits.ts";
import { type Conversation, DEFAULT_TIMEOUT_MS, sizedStep } from "./context/sized-step.ts";
import { createSentMessages, withoutThoughts } from "./context/thoughts.ts";
import type { AgentErrorCode } from "./errors.ts";
import { pendingCalls } from "./history.ts";
import type { AgentPreset } from "./presets.ts";
import { systemText } from "./prompt.ts";

export interface AgentOptions extends AgentPreset {
  /** What people call it. Default: `name`. */
  readonly displayName?: string;
  readonly models: ModelSource;
  /** Text of the workspace files; see `workspaceFiles`. */
  readonly files?: () => Promise<string>;
  /** Model steps in one turn. Default 50. */
  readonly maxSteps?: number;
  readonly context?: ContextOptions;
  /** Called before older messages leave the model's sight, for 30 s at most; its failure holds nothing up. */
  readonly beforeCompaction?: BeforeCompaction;
  readonly clock?: Clock;
}

/** An agent that loops over model steps and tool calls until the model has no more to ask. */
export function createAgent(options: AgentOptions): Agent {
  const { name, displayName = name, description, tools, role } = options;
  const { prompt, models, files, maxSteps = 50, context = {}, clock = systemClock } = options;

  async function conversationOf(turn: Turn): Promise<Conversation> {
    const model = await models.resolve(turn.model ?? role);
    const system = systemText({ role: prompt, instructions: turn.instructions, files: (await files?.()) ?? "" });
    const { model: writer } = context.compaction ?? {};
    return {
      turn,
      model,
      system,
      options: context,
      writer: async () => (writer === undefined ? model : models.resolve(writer)),
      before: options.beforeCompaction,
      sent: createSentMessages(),
      clock,
      startedMs: clock.monotonicMs(),
    };
  }

  async function* loop(turn: Turn): AsyncGenerator<AgentEvent> {
    const conversation = await conversationOf(turn);
    let messages: Message[] = [...turn.messages];

    await makeCalls(turn, messages);
    for (let step = 1; !turn.signal.aborted; step++) {
      if (step > maxSteps) throw stepLimit(maxSteps);
      messages.push(...((await turn.steered?.()) ?? []));
      const { message, error, messages: given } = yield* sizedStep(conversation, messages, step);
      messages = [...given];
      if (message.text !== "" || message.toolCalls.length > 0) {
        messages.push(message);
        yield { type: "step", message: withoutThoughts(message) };
      }
      if (error !== undefined) throw error;
      if (message.toolCalls.length === 0) {
        if (message.stop === "aborted") break;
        yield { type: "turn-end", reason: message.stop === "length" ? "length" : "done" };
        return;
      }
      await makeCalls(turn, messages);
    }
    yield stopped(turn.signal);
  }

  async function* compaction(turn: Turn): AsyncGenerator<AgentEvent> {
    const { model, writer } = await conversationOf(turn);
    const limits = contextLimits(model.contextWindow, context);
    yield* compact(turn.messages, {
      turn,
      limits,
      writer: await writer(),
      // What was said last stays, and nothing but it.
      keepTokens: 0,
      reason: "manual",
      timeoutMs: context.compaction?.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      before: options.beforeCompaction,
      clock,
    });
    yield turn.signal.aborted ? stopped(turn.signal) : { type: "turn-end", reason: "done" };
  }

  return {
    name,
    displayName,
    description,
    model: role,
    ...(tools === undefined ? {} : { tools }),
    run: (turn) => neverThrowing(turn, loop),
    compact: (turn) => neverThrowing(turn, compaction),
  };
}

async function* neverThrowing(
  turn: Turn,
  events: (turn: Turn) => AsyncGenerator<AgentEvent>,
): AsyncGenerator<AgentEvent> {
  try {
    yield* events(turn);
  } catch (error) {
    const code: AgentErrorCode = "AGENT_FAILED";
    yield turn.signal.aborted
      ? stopped(turn.signal)
      : { type: "turn-end", reason: "error", error: ClawError.from(error, code) };
  }
}

/** Makes the calls still open, one after the other: a later one may build on what an earlier one did. */
async function makeCalls(turn: Turn, messages: Message[]): Promise<void> {
  for (const call of pendingCalls(messages)) {
    if (turn.signal.aborted) return;
    const { output, failed } = await turn.call(call);
    messages.push({ role: "tool", callId: call.id, tool: call.tool, output, failed });
  }
}

/** A time limit aborts with a `ClawError`; a person aborts with anything else. */
function stopped(signal: AbortSignal): AgentEvent {
  const reason: unknown = signal.reason;
  return ClawError.is(reason)
    ? { type: "turn-end", reason: "error", error: reason }
    : { type: "turn-end", reason: "aborted" };
}

function stepLimit(maxSteps: number): ClawError<AgentErrorCode> {
  return new ClawError(
    "AGENT_STEP_LIMIT",
    `The turn took more than ${maxSteps} model steps and was stopped. Raise agents.defaults.maxSteps, or ask for less at once.`,
  );
}
