import type { RunOutcome } from "../events.ts";
import { type AnswerFormat, serverSentEvent } from "./answer.ts";
import type { ResponsesRequest } from "./responses-request.ts";
import { failureOf } from "./run-failure.ts";

const PREFIX = "resp_";

const responseId = (run: string): string => `${PREFIX}${run}`;

/** The run behind the id of a response; `undefined` for an id of somebody else's. */
export function runOfResponse(id: string): string | undefined {
  return id.startsWith(PREFIX) && id.length > PREFIX.length ? id.slice(PREFIX.length) : undefined;
}

export interface ResponsesFormatOptions {
  readonly run: string;
  readonly request: ResponsesRequest;
  readonly at: Date;
}

/** One answer as OpenAI's Responses API has it: one message, whatever the agent did on the way to it. */
export function responsesFormat({ run, request, at }: ResponsesFormatOptions): AnswerFormat {
  const base = {
    id: responseId(run),
    object: "response",
    created_at: Math.floor(at.getTime() / 1_000),
    model: request.model,
    instructions: request.instructions ?? null,
    previous_response_id: request.previous ?? null,
    user: request.user ?? null,
    metadata: request.metadata,
    error: null,
    incomplete_details: null,
    max_output_tokens: null,
    parallel_tool_calls: true,
    reasoning: { effort: request.thinking ?? null, summary: null },
    store: true,
    temperature: null,
    text: { format: { type: "text" } },
    tool_choice: "auto",
    tools: [],
    top_p: null,
    truncation: "disabled",
  };
  const itemId = `msg_${run}`;
  const part = (text: string) => ({ type: "output_text", text, annotations: [], logprobs: [] });
  const message = (status: "in_progress" | "completed" | "incomplete", content: readonly object[]) => ({
    id: itemId,
    type: "message",
    role: "assistant",
    status,
    content,
  });
  const under = (status: "in_progress" | "failed", more: object = {}) => ({
    ...base,
    status,
    output: [],
    usage: null,
    ...more,
  });
  const ended = (text: string, outcome: RunOutcome) => ({
    ...base,
    status: statusOf(outcome),
    incomplete_details: outcome.cut ? { reason: "max_output_tokens" } : null,
    output: [message(statusOf(outcome), [part(text)])],
    usage: usage(outcome),
  });

  return {
    run,
    whole: ended,
    stream() {
      let sequence = 0;
      let text = "";
      let opened = false;
      const send = (type: string, fields: object): string =>
        serverSentEvent({ type, sequence_number: sequence++, ...fields }, type);
      const inItem = { item_id: itemId, output_index: 0, content_index: 0 };
      const open = (): string => {
        if (opened) return "";
        opened = true;
        return (
          send("response.output_item.added", { output_index: 0, item: message("in_progress", []) }) +
          send("response.content_part.added", { ...inItem, part: part("") })
        );
      };
      return {
        begin: () =>
          send("response.created", { response: under("in_progress") }) +
          send("response.in_progress", { response: under("in_progress") }),
        text(delta) {
          text += delta;
          return open() + send("response.output_text.delta", { ...inItem, delta, logprobs: [] });
        },
        end(outcome) {
          const failure = failureOf(run, outcome);
          if (failure !== undefined) {
            const output = opened ? [message("incomplete", [part(text)])] : [];
            const error = { code: "server_error", message: failure.message };
            return send("response.failed", { response: under("failed", { output, error, usage: usage(outcome) }) });
          }
          return [
            open(),
            send("response.output_text.done", { ...inItem, text, logprobs: [] }),
            send("response.content_part.done", { ...inItem, part: part(text) }),
            send("response.output_item.done", { output_index: 0, item: message(statusOf(outcome), [part(text)]) }),
            send(`response.${statusOf(outcome)}`, { response: ended(text, outcome) }),
          ].join("");
        },
      };
    },
  };
}

const statusOf = ({ cut }: RunOutcome): "incomplete" | "completed" => (cut ? "incomplete" : "completed");

function usage({ inputTokens, outputTokens }: RunOutcome): object {
  return {
    input_tokens: inputTokens,
    input_tokens_details: { cached_tokens: 0 },
    output_tokens: outputTokens,
    output_tokens_details: { reasoning_tokens: 0 },
    total_tokens: inputTokens + outputTokens,
  };
}
