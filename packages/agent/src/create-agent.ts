import { type Agent, type AgentEvent, ClawError, type Message, type ModelSource, type Turn } from "@claw/core";
import type { AgentErrorCode } from "./errors.ts";
import { fitHistory, pendingCalls } from "./history.ts";
import type { AgentPreset } from "./presets.ts";
import { systemText } from "./prompt.ts";
import { modelStep } from "./step.ts";

/** Characters of history sent when the model's window is unknown: about 40,000 tokens. */
const DEFAULT_HISTORY_CHARACTERS = 160_000;

export interface AgentOptions extends AgentPreset {
  readonly models: ModelSource;
  /** Text of the workspace files; see `workspaceFiles`. */
  readonly files?: () => Promise<string>;
  /** Model steps in one turn. Default 50. */
  readonly maxSteps?: number;
}

/** An agent that loops over model steps and tool calls until the model has no more to ask. */
export function createAgent(options: AgentOptions): Agent {
  const { name, description, tools, role, prompt, models, files, maxSteps = 50 } = options;

  async function* loop(turn: Turn): AsyncGenerator<AgentEvent> {
    const model = await models.resolve(turn.model ?? role);
    const system = systemText({ role: prompt, instructions: turn.instructions, files: (await files?.()) ?? "" });
    // Half the window for history, at about four characters a token, leaves room for the answer and tool results.
    const budget = model.contextWindow === undefined ? DEFAULT_HISTORY_CHARACTERS : model.contextWindow * 2;
    const messages: Message[] = [...fitHistory(turn.messages, budget)];

    await makeCalls(turn, messages);
    for (let step = 1; !turn.signal.aborted; step++) {
      if (step > maxSteps) throw stepLimit(maxSteps);
      const { tools, signal, thinking } = turn;
      const request = { system, messages, tools, signal, ...(thinking === undefined ? {} : { thinking }) };
      const { message, error } = yield* modelStep(model, request, step);
      messages.push(message);
      if (message.text !== "" || message.toolCalls.length > 0) yield { type: "step", message };
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

  return {
    name,
    description,
    model: role,
    ...(tools === undefined ? {} : { tools }),
    async *run(turn) {
      try {
        yield* loop(turn);
      } catch (error) {
        const code: AgentErrorCode = "AGENT_FAILED";
        yield turn.signal.aborted
          ? stopped(turn.signal)
          : { type: "turn-end", reason: "error", error: ClawError.from(error, code) };
      }
    },
  };
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
