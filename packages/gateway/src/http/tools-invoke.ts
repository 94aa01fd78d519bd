import { randomUUID } from "node:crypto";
import { type Accepted, type Decision, digestOf, type Tool, type ToolMessage } from "@claw/core";
import type { Context } from "hono";
import { spokenBy } from "../methods/submit.ts";
import { invalidInput } from "../tool-results.ts";
import { type AnswerMessageOptions, notTaken } from "./answer-message.ts";
import type { ApiEnv } from "./authorise.ts";
import { apiError } from "./errors.ts";
import { type InvokeRequest, readInvokeRequest } from "./invoke-request.ts";
import { entriesOfRun } from "./run-entries.ts";
import { failureOf, failureResponse, type RunEnding } from "./run-failure.ts";

export interface ToolsInvokeOptions extends AnswerMessageOptions {
  readonly tools: ReadonlyMap<string, Tool>;
  readonly toolsOverHttp: (tool: string) => Decision;
}

/** Runs one tool without a model, as a run of its session: it waits for its turn there and survives a crash as any. */
export function toolsInvoke(options: ToolsInvokeOptions): (context: Context<ApiEnv>) => Promise<Response> {
  const { clock, intake, runs, store, resolveSession, agents, log } = options;
  return async (context) => {
    const receivedMs = clock.monotonicMs();
    const request = await readInvokeRequest(context.req);
    if (typeof request === "string") return apiError(400, request, "invalid_request_error");
    const { tool, args, sessionKey, agentId, idempotencyKey } = request;
    const route = resolveSession(sessionKey, agentId);
    if (route === undefined || !agents.has(route.agent)) {
      const problem = `unknown agent or session key; agents: ${[...agents.keys()].join(", ")}`;
      return apiError(400, problem, "invalid_request_error");
    }
    const problem = await refusalOf(options, request, route.agent);
    if (problem !== undefined) return problem;

    const principal = context.get("principal");
    const fresh = randomUUID();
    const call = { id: `call_${fresh}`, tool, input: args };
    let accepted: Accepted;
    try {
      accepted = await intake.accept({
        id: `http-tool:${principal.id}:${idempotencyKey ?? fresh}`,
        run: fresh,
        ...route,
        principal,
        provenance: spokenBy(principal),
        text: `Run the tool ${tool}.`,
        call,
        receivedMs,
      });
    } catch (error) {
      return notTaken(error, log);
    }
    const { run } = accepted;
    const active = runs.get(run);
    // Who gave a key may come back for the result; who gave none has no other way to stop it.
    if (idempotencyKey === undefined) {
      const abort = (): void => active?.controller.abort();
      if (context.req.raw.signal.aborted) abort();
      context.req.raw.signal.addEventListener("abort", abort, { once: true });
    }
    const outcome = await active?.ended;
    const failure = outcome && failureOf(run, outcome);
    if (failure !== undefined) return failureResponse(run, failure);

    const mine = store.as(principal);
    const recorded = await mine.runs.get(run);
    const entries = recorded?.session === route.session ? await entriesOfRun(mine, recorded.session, accepted) : [];
    const messages = entries.map(({ message }) => message);
    const asked = messages.find((message) => message.role === "user")?.call;
    if (asked?.tool !== tool || digestOf(asked.input) !== digestOf(args)) {
      return apiError(409, "idempotencyKey: it was used for another call", "idempotency_conflict", { runId: run });
    }
    const result = messages.find((message) => message.role === "tool");
    return result === undefined ? withoutResult(run, recorded) : resultResponse(run, result);
  };
}

/** What is known to be wrong before anything is written down. */
async function refusalOf(
  { tools, toolsOverHttp, agents, log }: ToolsInvokeOptions,
  { tool: name, args }: InvokeRequest,
  agent: string,
): Promise<Response | undefined> {
  const offered = agents.get(agent)?.tools ?? [...tools.keys()];
  const tool = offered.includes(name) ? tools.get(name) : undefined;
  if (tool === undefined) {
    const problem = `there is no tool ${name.slice(0, 100)}; ${agent} has: ${offered.join(", ")}`;
    return apiError(404, problem, "tool_not_found");
  }
  const decision = toolsOverHttp(name);
  if (decision.effect !== "allow") {
    log.warn("a tool was refused over HTTP", { tool: name, rule: decision.rule });
    return apiError(403, `refused by rule ${decision.rule}: ${decision.reason}`, "tool_refused");
  }
  const { issues } = await tool.input["~standard"].validate(args);
  if (issues === undefined) return undefined;
  return apiError(400, invalidInput({ tool: name }, issues).output, "invalid_request_error");
}

function resultResponse(run: string, { output, failed, details }: ToolMessage): Response {
  if (details?.["code"] === "GATEWAY_REFUSED") return apiError(403, output, "tool_refused", { runId: run });
  const result = { output, ...(details === undefined ? {} : { details }) };
  return Response.json({ ok: !failed, result }, { headers: { "x-run-id": run } });
}

function withoutResult(run: string, recorded: RunEnding = { state: "error" }): Response {
  const failure = failureOf(run, recorded);
  if (failure !== undefined) return failureResponse(run, failure);
  return apiError(500, "the run has no result", "server_error", { runId: run });
}
