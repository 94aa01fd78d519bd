import type { RunOutcome } from "../events.ts";
import { type AnswerFormat, serverSentEvent } from "./answer.ts";
import { failureOf } from "./run-failure.ts";

export interface ChatFormatOptions {
  readonly run: string;
  readonly model: string;
  readonly at: Date;
  /** A last chunk with the tokens, for those who ask for it. */
  readonly includeUsage: boolean;
}

/** One answer as OpenAI's chat completions have it. */
export function chatFormat({ run, model, at, includeUsage }: ChatFormatOptions): AnswerFormat {
  const base = { id: `chatcmpl-${run}`, created: Math.floor(at.getTime() / 1_000), model };
  const chunk = (choices: readonly object[], more: object = {}): string =>
    serverSentEvent({ ...base, object: "chat.completion.chunk", choices, ...more });
  const choice = (delta: object, finish: string | null = null) => ({ index: 0, delta, finish_reason: finish });
  return {
    run,
    whole: (content, outcome) => ({
      ...base,
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: finishReason(outcome) }],
      usage: usage(outcome),
    }),
    stream: () => ({
      begin: () => chunk([choice({ role: "assistant", content: "" })]),
      text: (content) => chunk([choice({ content })]),
      end(outcome) {
        const failure = failureOf(run, outcome)?.body;
        const last = failure === undefined ? chunk([choice({}, finishReason(outcome))]) : serverSentEvent(failure);
        const tokens = includeUsage ? chunk([], { usage: usage(outcome) }) : "";
        return `${last}${tokens}data: [DONE]\n\n`;
      },
    }),
  };
}

const finishReason = ({ cut }: RunOutcome): "length" | "stop" => (cut ? "length" : "stop");

function usage({ inputTokens, outputTokens }: RunOutcome): object {
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
}
