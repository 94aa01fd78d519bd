import { randomUUID } from "node:crypto";
import { type Accepted, type Decision, digestOf, type Principal, type Run, type ToolMessage } from "@claw/core";
import { entriesOfRun } from "./http/run-entries.ts";
import type { MethodDeps } from "./methods/context.ts";
import { spokenBy } from "./methods/submit.ts";
import { agentsOf } from "./people/agents-of.ts";
import { ownKey } from "./people/own-key.ts";
import { invalidInput } from "./tool-results.ts";

export interface InvokeToolOptions
  extends Pick<
    MethodDeps,
    "clock" | "intake" | "log" | "runs" | "store" | "resolveSession" | "agents" | "defaultAgent" | "people" | "tools"
  > {
  readonly toolsOverHttp: (tool: string) => Decision;
}

export interface InvokeRequest {
  readonly tool: string;
  readonly args: Readonly<Record<string, unknown>>;
  readonly sessionKey: string | undefined;
  readonly agentId: string | undefined;
  readonly idempotencyKey: string | undefined;
}

/** Why a call was not made, or has no result to show. */
export type InvokeProblem =
  | "invalid_request_error"
  | "tool_not_found"
  | "tool_refused"
  | "idempotency_conflict"
  | "server_error";

type Invocation =
  | { readonly kind: "result"; readonly run: string; readonly result: ToolMessage }
  | { readonly kind: "problem"; readonly problem: InvokeProblem; readonly message: string; readonly run?: string }
  /** The run has no whole end. */
  | { readonly kind: "unfinished"; readonly run: string; readonly ending: RunEnding };

/** How a run ended, as it is told at its end or read from the journal later. */
export interface RunEnding {
  readonly state: Run["state"];
  readonly error?: { readonly code: string; readonly message: string };
  readonly interruptedBy?: string;
}

export type InvokeTool = (
  principal: Principal,
  request: InvokeRequest,
  /** `signal` stops a call that has no key: who gave a key may come back for the result. */
  options: { readonly receivedMs: number; readonly signal?: AbortSignal },
) => Promise<Invocation>;

/**
 * Runs one tool without a model, as a run of its session: it waits for its turn there and survives a crash like others.
 * Rejects as the intake does.
 */
export function createInvokeTool(options: InvokeToolOptions): InvokeTool {
  const { intake, runs, store, resolveSession, log } = options;
  return async (principal, request, { receivedMs, signal }) => {
    const { tool, args, sessionKey, agentId, idempotencyKey } = request;
    const agents = agentsOf(options, principal);
    const route = resolveSession(ownKey(options, principal, sessionKey, agentId), agentId);
    if (route === undefined || !agents.has(route.agent)) {
      const known = [...agents.keys()].join(", ");
      return problem("invalid_request_error", `unknown agent or session key; agents: ${known}`);
    }
    const refusal = await refusalOf(options, request, route.agent);
    if (refusal !== undefined) return refusal;

    const fresh = randomUUID();
    const accepted = await intake.accept({
      id: `http-tool:${principal.id}:${idempotencyKey ?? fresh}`,
      run: fresh,
      ...route,
      principal,
      provenance: spokenBy(principal),
      text: `Run the tool ${tool}.`,
      call: { id: `call_${fresh}`, tool, input: args },
      queue: "followup",
      receivedMs,
    });
    const { run } = accepted;
    const active = runs.get(run);
    if (idempotencyKey === undefined && signal !== undefined) {
      const abort = (): void => active?.controller.abort();
      if (signal.aborted) abort();
      signal.addEventListener("abort", abort, { once: true });
    }
    const outcome = await active?.ended;
    if (outcome !== undefined && outcome.state !== "done") return { kind: "unfinished", run, ending: outcome };
    return recordedResult(accepted, principal, request, route.session).catch((error: unknown) => {
      log.error("the result of a run could not be read", { run, error: String(error) });
      return { ...problem("server_error", "the tool was run, and its result can't be read now"), run };
    });
  };

  /** What the journal has of the run: this call's, or that of another one with its key. */
  async function recordedResult(
    accepted: Accepted,
    principal: Principal,
    { tool, args }: InvokeRequest,
    session: string,
  ): Promise<Invocation> {
    const { run } = accepted;
    const mine = store.as(principal);
    const recorded = await mine.runs.get(run);
    const entries = recorded?.session === session ? await entriesOfRun(mine, session, accepted) : [];
    const messages = entries.map(({ message }) => message);
    const asked = messages.find((message) => message.role === "user")?.call;
    if (asked?.tool !== tool || digestOf(asked.input) !== digestOf(args)) {
      return { ...problem("idempotency_conflict", "idempotencyKey: it was used for another call"), run };
    }
    const result = messages.find((message) => message.role === "tool");
    if (result?.details?.["code"] === "GATEWAY_REFUSED") return { ...problem("tool_refused", result.output), run };
    if (result !== undefined) return { kind: "result", run, result };
    if (recorded?.state === "done") return { ...problem("server_error", "the run has no result"), run };
    return { kind: "unfinished", run, ending: recorded ?? { state: "error" } };
  }
}

const problem = (kind: InvokeProblem, message: string) => ({ kind: "problem", problem: kind, message }) as const;

/** What is known to be wrong before anything is written down. */
async function refusalOf(
  { tools, toolsOverHttp, agents }: InvokeToolOptions,
  { tool: name, args }: InvokeRequest,
  agent: string,
): Promise<Invocation | undefined> {
  const offered = agents.get(agent)?.tools ?? [...tools.keys()];
  const tool = offered.includes(name) ? tools.get(name) : undefined;
  if (tool === undefined) {
    return problem("tool_not_found", `there is no tool ${name.slice(0, 100)}; ${agent} has: ${offered.join(", ")}`);
  }
  const decision = toolsOverHttp(name);
  if (decision.effect !== "allow") {
    return problem("tool_refused", `refused by rule ${decision.rule}: ${decision.reason}`);
  }
  const { issues } = await tool.input["~standard"].validate(args);
  return issues && problem("invalid_request_error", invalidInput({ tool: name }, issues).output);
}
