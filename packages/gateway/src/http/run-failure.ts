import type { RunEnding } from "../invoke-tool.ts";
import { errorBody } from "./errors.ts";

/** Why a run has no whole answer. */
export interface RunFailure {
  readonly status: number;
  readonly message: string;
  readonly body: object;
}

const STATUSES: Readonly<Record<string, number>> = { GATEWAY_STOPPING: 503, GATEWAY_DROPPED: 429 };

/** What is wrong with a run that has no whole answer; `undefined` for one that has. */
export function failureOf(run: string, { state, error, interruptedBy }: RunEnding): RunFailure | undefined {
  const failed = (status: number, message: string, code: string): RunFailure => {
    return { status, message, body: errorBody(message, code, run) };
  };
  if (error !== undefined) return failed(STATUSES[error.code] ?? 502, error.message, error.code);
  if (interruptedBy !== undefined) {
    const message = `a later message of its session went before it (queue mode interrupt): run ${interruptedBy}`;
    return failed(409, message, "interrupted");
  }
  if (state === "aborted") return failed(409, "the run was aborted", "aborted");
  if (state === "done") return undefined;
  return failed(503, "the run goes on at the gateway's next start", "GATEWAY_STOPPING");
}

/** OpenAI's clients would send it again by themselves, and what the agent has done would be done again. */
export function failureResponse(run: string, { status, body }: RunFailure): Response {
  return Response.json(body, { status, headers: { "x-run-id": run, "x-should-retry": "false" } });
}
