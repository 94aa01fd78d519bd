import { ClawError, type Model, type ModelEvent, type ModelRequest } from "@claw/core";

export interface WindowedModel extends Model {
  /** What it took; a refused request is not among them. */
  readonly taken: readonly ModelRequest[];
  readonly refused: number;
}

/** Refuses what is longer than its window by its own count: one token for `charactersPerToken`. */
export function windowedModel(
  contextWindow: number,
  charactersPerToken: number,
  answer: (request: ModelRequest) => string = () => "ok",
): WindowedModel {
  const taken: ModelRequest[] = [];
  let refused = 0;
  return {
    ref: "test/windowed",
    contextWindow,
    taken,
    get refused() {
      return refused;
    },
    async *stream(request): AsyncGenerator<ModelEvent> {
      if (request.signal.aborted) {
        yield { type: "model-end", stop: "aborted" };
        return;
      }
      if (tokensOf(request) / charactersPerToken > contextWindow) {
        refused++;
        const error = new ClawError("MODEL_CONTEXT_OVERFLOW", "prompt is too long");
        yield { type: "model-end", stop: "error", error };
        return;
      }
      taken.push(request);
      const text = answer(request);
      if (text !== "") yield { type: "text-delta", text };
      yield { type: "model-end", stop: "stop", usage: { inputTokens: 10, outputTokens: 5 } };
    },
  };
}

function tokensOf({ system, messages, tools }: ModelRequest): number {
  return system.length + JSON.stringify(messages).length + JSON.stringify(tools).length;
}
