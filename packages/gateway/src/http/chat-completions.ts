import { randomUUID } from "node:crypto";
import { ClawError, type Logger } from "@claw/core";
import type { Context } from "hono";
import type { Hub } from "../events.ts";
import type { MethodDeps } from "../methods/context.ts";
import { spokenBy } from "../methods/submit.ts";
import type { ApiEnv } from "./authorise.ts";
import { streamedAnswer, wholeAnswer } from "./chat-answer.ts";
import { chatFormat } from "./chat-format.ts";
import { readChatRequest } from "./chat-request.ts";
import { apiError } from "./errors.ts";
import { agentOfModel, unknownModel } from "./models.ts";

export interface ChatCompletionsOptions extends MethodDeps {
  readonly hub: Hub;
  readonly log: Logger;
}

/** OpenAI's chat completions over an agent: its tools run inside, the caller sees text. */
export function chatCompletions(options: ChatCompletionsOptions): (context: Context<ApiEnv>) => Promise<Response> {
  const { hub, intake, runs, clock, resolveSession, agents, log } = options;
  return async (context) => {
    const receivedMs = clock.monotonicMs();
    const request = await readChatRequest(context.req);
    if (typeof request === "string") return apiError(400, request, "invalid_request_error");
    const { model, text, user, includeUsage } = request;
    const agent = agentOfModel(model, options);
    if (agent === undefined) return apiError(404, unknownModel(model, [...agents.keys()]), "model_not_found");
    const run = randomUUID();
    const route = resolveSession(`agent:${agent}:${sessionName(user, run)}`, agent);
    if (route === undefined) return apiError(400, "user: expected a shorter, simpler name", "invalid_request_error");

    // A caller that hangs up has no other way to stop what it started.
    const abort = (): void => runs.get(run)?.controller.abort();
    const shared = { hub, clock, format: chatFormat(run, model, clock.now()) };
    // It listens before the run can say anything.
    const answer = request.stream
      ? streamedAnswer({ ...shared, includeUsage, onAbandoned: abort })
      : wholeAnswer(shared);
    const principal = context.get("principal");
    const id = `http:${principal.id}:${run}`;
    try {
      await intake.accept({ id, run, ...route, principal, provenance: spokenBy(principal), text, receivedMs });
    } catch (error) {
      answer.cancel();
      return refusal(error, log);
    }
    const { signal } = context.req.raw;
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
    return answer.response;
  };
}

/** Session keys know no upper case, so it is escaped: `Ann` and `ann` are two users. */
function sessionName(user: string | undefined, run: string): string {
  if (user === undefined) return `openai:${run}`;
  const escaped = encodeURIComponent(user).replace(/%..|[A-Z]/g, (found) =>
    found.length > 1 ? found.toLowerCase() : `%${found.charCodeAt(0).toString(16)}`,
  );
  return `openai-user:${escaped}`;
}

function refusal(error: unknown, log: Logger): Response {
  if (ClawError.is(error, "GATEWAY_REFUSED")) return apiError(403, error.message, error.code);
  if (ClawError.is(error)) {
    if (error.code !== "GATEWAY_STOPPING") log.error("a message was not taken", { error: error.message });
    return apiError(503, error.message, error.code, { headers: { "retry-after": "1" } });
  }
  throw error;
}
