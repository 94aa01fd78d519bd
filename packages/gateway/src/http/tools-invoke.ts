import type { Logger } from "@claw/core";
import type { Context } from "hono";
import type { InvokeProblem, InvokeTool, RunEnding } from "../invoke-tool.ts";
import type { MethodDeps } from "../methods/context.ts";
import { notTaken } from "./answer-message.ts";
import type { ApiEnv } from "./authorise.ts";
import { apiError } from "./errors.ts";
import { readInvokeRequest } from "./invoke-request.ts";
import { failureOf, failureResponse } from "./run-failure.ts";

export interface ToolsInvokeOptions extends Pick<MethodDeps, "clock"> {
  readonly invokeTool: InvokeTool;
  readonly log: Logger;
}

const STATUS: Readonly<Record<InvokeProblem, number>> = {
  invalid_request_error: 400,
  tool_refused: 403,
  tool_not_found: 404,
  idempotency_conflict: 409,
  server_error: 500,
};

/** Runs one tool, see {@link InvokeTool}; hanging up stops a call without a key. */
export function toolsInvoke(options: ToolsInvokeOptions): (context: Context<ApiEnv>) => Promise<Response> {
  const { clock, invokeTool, log } = options;
  return async (context) => {
    const receivedMs = clock.monotonicMs();
    const request = await readInvokeRequest(context.req);
    if (typeof request === "string") return apiError(400, request, "invalid_request_error");
    const { signal } = context.req.raw;
    const invocation = await invokeTool(context.get("principal"), request, { receivedMs, signal }).catch(
      (error: unknown) => notTaken(error, log),
    );
    if (invocation instanceof Response) return invocation;
    switch (invocation.kind) {
      case "problem": {
        const { problem, message, run } = invocation;
        if (problem === "tool_refused") log.warn("a tool was refused over HTTP", { tool: request.tool });
        return apiError(STATUS[problem], message, problem, run === undefined ? {} : { runId: run });
      }
      case "unfinished":
        return withoutResult(invocation.run, invocation.ending);
      case "result": {
        const { output, details, failed } = invocation.result;
        const result = { output, ...(details === undefined ? {} : { details }) };
        return Response.json({ ok: !failed, result }, { headers: { "x-run-id": invocation.run } });
      }
    }
  };
}

function withoutResult(run: string, ending: RunEnding): Response {
  const failure = failureOf(run, ending);
  if (failure !== undefined) return failureResponse(run, failure);
  return apiError(500, "the run has no result", "server_error", { runId: run });
}
