import type { AgentEvent, AssistantMessage, ClawError, Model, ModelRequest, Thought, ToolCall } from "@claw/core";

export interface StepResult {
  readonly message: AssistantMessage;
  readonly error?: ClawError;
}

/** One model call: streams its deltas and returns the finished step. */
export async function* modelStep(
  model: Model,
  request: ModelRequest,
  step: number,
): AsyncGenerator<AgentEvent, StepResult> {
  let text = "";
  const toolCalls: ToolCall[] = [];
  const thoughts: Thought[] = [];
  yield { type: "model-start", model: model.ref, step };
  for await (const event of model.stream(request)) {
    switch (event.type) {
      case "text-delta":
        text += event.text;
        yield event;
        break;
      case "reasoning-delta":
      case "warning":
        yield event;
        break;
      case "thought":
        thoughts.push(event.thought);
        break;
      case "tool-call":
        toolCalls.push({ id: event.id, tool: event.tool, input: event.input });
        break;
      case "retry":
        yield { type: "model-start", model: model.ref, step, retry: event.reason };
        break;
      case "model-end": {
        // A step that was cut short asks for nothing: its calls may be incomplete.
        const whole = event.stop === "stop" || event.stop === "tool-calls";
        return {
          message: {
            role: "assistant",
            text,
            toolCalls: whole ? toolCalls : [],
            model: event.model ?? model.ref,
            stop: event.stop,
            ...(event.usage === undefined ? {} : { usage: event.usage }),
            ...(whole && toolCalls.length > 0 && thoughts.length > 0 ? { thoughts } : {}),
          },
          ...(event.error === undefined ? {} : { error: event.error }),
        };
      }
    }
  }
  throw new TypeError(`the model ${model.ref} ended its stream without a model-end event`);
}
