import { randomUUID } from "node:crypto";
import type { Principal, Route } from "@claw/core";
import type { Context } from "hono";
import type { MethodDeps } from "../methods/context.ts";
import { agentsOf } from "../people/agents-of.ts";
import { type AnswerMessageOptions, answerMessage } from "./answer-message.ts";
import type { ApiEnv } from "./authorise.ts";
import { apiError } from "./errors.ts";
import { agentOfModel, unknownModel } from "./models.ts";
import { openaiSession } from "./openai-session.ts";
import { responsesFormat, runOfResponse } from "./responses-format.ts";
import { readResponsesRequest } from "./responses-request.ts";

/** OpenAI's Responses over an agent: its tools run inside, the caller sees one message. */
export function responses(options: AnswerMessageOptions): (context: Context<ApiEnv>) => Promise<Response> {
  const { clock } = options;
  return async (context) => {
    const receivedMs = clock.monotonicMs();
    const request = await readResponsesRequest(context.req);
    if (typeof request === "string") return apiError(400, request, "invalid_request_error");
    const { model, text, stream, previous, user, thinking } = request;
    const principal = context.get("principal");
    const agent = agentOfModel(model, options, principal);
    if (agent === undefined)
      return apiError(404, unknownModel(model, [...agentsOf(options, principal).keys()]), "model_not_found");
    const run = randomUUID();
    const route =
      previous === undefined
        ? openaiSession(options, principal, agent, run, user)
        : await sessionOfResponse(options, principal, previous);
    if (route === undefined) {
      return previous === undefined
        ? apiError(400, "user: expected a shorter, simpler name", "invalid_request_error")
        : apiError(400, `there is no response ${previous.slice(0, 100)}`, "previous_response_not_found");
    }
    if (route.agent !== agent) {
      const problem = `model: expected openclaw/${route.agent}, which gave the previous response, found ${model}`;
      return apiError(400, problem, "invalid_request_error");
    }
    const format = responsesFormat({ run, request, at: clock.now() });
    return answerMessage(options, context, { route, text, stream, format, receivedMs, thinking });
  };
}

/** The session that a response was given in, found in the journal and through the principal's own eyes. */
async function sessionOfResponse(
  { store, resolveSession }: MethodDeps,
  principal: Principal,
  id: string,
): Promise<Route | undefined> {
  const run = runOfResponse(id);
  const recorded = run === undefined ? undefined : await store.as(principal).runs.get(run);
  return recorded && resolveSession(recorded.session, undefined);
}
