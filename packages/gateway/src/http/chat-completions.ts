import { randomUUID } from "node:crypto";
import type { Context } from "hono";
import { agentsOf } from "../people/agents-of.ts";
import { type AnswerMessageOptions, answerMessage } from "./answer-message.ts";
import type { ApiEnv } from "./authorise.ts";
import { chatFormat } from "./chat-format.ts";
import { readChatRequest } from "./chat-request.ts";
import { apiError } from "./errors.ts";
import { agentOfModel, unknownModel } from "./models.ts";
import { openaiSession } from "./openai-session.ts";

/** OpenAI's chat completions over an agent: its tools run inside, the caller sees text. */
export function chatCompletions(options: AnswerMessageOptions): (context: Context<ApiEnv>) => Promise<Response> {
  const { clock } = options;
  return async (context) => {
    const receivedMs = clock.monotonicMs();
    const request = await readChatRequest(context.req);
    if (typeof request === "string") return apiError(400, request, "invalid_request_error");
    const { model, text, stream, user, includeUsage, thinking } = request;
    const principal = context.get("principal");
    const agent = agentOfModel(model, options, principal);
    if (agent === undefined)
      return apiError(404, unknownModel(model, [...agentsOf(options, principal).keys()]), "model_not_found");
    const run = randomUUID();
    const route = openaiSession(options, principal, agent, run, user);
    if (route === undefined) return apiError(400, "user: expected a shorter, simpler name", "invalid_request_error");
    const format = chatFormat({ run, model, at: clock.now(), includeUsage });
    return answerMessage(options, context, { route, text, stream, format, receivedMs, thinking });
  };
}
