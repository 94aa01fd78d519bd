import type { RunEnding } from "../invoke-tool.ts";
import { errorBody } from "./errors.ts";

/** What is wrong with a run that has no whole answer; `undefined` for one that has. */
export function failureOf(run: string, { state, error }: RunEnding): { status: number; body: object } | undefined {
  if (error !== undefined) {
    const status = error.code === "GATEWAY_STOPPING" ? 503 : 502;
    return { status, body: errorBody(error.message, error.code, run) };
  }
  if (state === "aborted") return { status: 409, body: errorBody("the run was aborted", "aborted", run) };
  if (state === "done") return undefined;
  return { status: 503, body: errorBody("the run goes on at the gateway's next start", "GATEWAY_STOPPING", run) };
}

/** OpenAI's clients would send it again by themselves, and what the agent has done would be done again. */
export function failureResponse(run: string, { status, body }: { status: number; body: object }): Response {
  return Response.json(body, { status, headers: { "x-run-id": run, "x-should-retry": "false" } });
}
