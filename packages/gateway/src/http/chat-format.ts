import type { RunOutcome } from "../events.ts";
import { isCutOff } from "../turn-end.ts";
import { errorBody } from "./errors.ts";

/** One answer as OpenAI's clients read it, whole or in chunks. */
export interface ChatFormat {
  readonly run: string;
  completion(text: string, outcome: RunOutcome): object;
  chunk(delta: { readonly role?: "assistant"; readonly content?: string }, outcome?: RunOutcome): object;
  /** The last chunk, for those who ask for it. */
  usageChunk(outcome: RunOutcome): object;
}

export function chatFormat(run: string, model: string, at: Date): ChatFormat {
  const base = { id: `chatcmpl-${run}`, created: Math.floor(at.getTime() / 1_000), model };
  return {
    run,
    completion: (content, outcome) => ({
      ...base,
      object: "chat.completion",
      choices: [{ index: 0, message: { role: "assistant", content }, finish_reason: finishReason(outcome) }],
      usage: usage(outcome),
    }),
    chunk: (delta, outcome) => ({
      ...base,
      object: "chat.completion.chunk",
      choices: [{ index: 0, delta, finish_reason: outcome === undefined ? null : finishReason(outcome) }],
    }),
    usageChunk: (outcome) => ({ ...base, object: "chat.completion.chunk", choices: [], usage: usage(outcome) }),
  };
}

/** What is wrong with a run that has no whole answer; `undefined` for one that has. */
export function failureOf(run: string, { state, error }: RunOutcome): { status: number; body: object } | undefined {
  if (error !== undefined)
    return { status: isCutOff({ error }) ? 503 : 502, body: errorBody(error.message, error.code, run) };
  if (state === "aborted") return { status: 409, body: errorBody("the run was aborted", "aborted", run) };
  return undefined;
}

const finishReason = ({ cut }: RunOutcome): "length" | "stop" => (cut ? "length" : "stop");

function usage({ inputTokens, outputTokens }: RunOutcome): object {
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
}
