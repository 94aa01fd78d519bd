import { ClawError, type Logger, type Route, type ThinkingLevel } from "@claw/core";
import type { Context } from "hono";
import type { Hub } from "../events.ts";
import type { MethodDeps } from "../methods/context.ts";
import { isQueueMode, noQueueMode } from "../methods/queue-mode.ts";
import { spokenBy } from "../methods/submit.ts";
import type { ActiveRun, Runs } from "../runs.ts";
import { type AnswerFormat, streamedAnswer, wholeAnswer } from "./answer.ts";
import type { ApiEnv } from "./authorise.ts";
import { apiError } from "./errors.ts";

export interface AnswerMessageOptions extends MethodDeps {
  readonly hub: Hub;
  readonly log: Logger;
}

/** Names the queue mode of one request. */
export const QUEUE_HEADER = "x-claw-queue-mode";

interface Question {
  readonly route: Route;
  readonly text: string;
  readonly stream: boolean;
  readonly format: AnswerFormat;
  readonly thinking: ThinkingLevel | undefined;
  /** On the monotonic clock. */
  readonly receivedMs: number;
}

/** Hands a message to the intake and answers with what its run says. The run's id is the format's. */
export async function answerMessage(
  { hub, intake, runs, clock, log }: AnswerMessageOptions,
  context: Context<ApiEnv>,
  { route, text, stream, format, thinking, receivedMs }: Question,
): Promise<Response> {
  const { run } = format;
  const queue = context.req.header(QUEUE_HEADER);
  if (queue !== undefined && !isQueueMode(queue)) {
    return apiError(400, `${QUEUE_HEADER}: ${noQueueMode(queue)}`, "invalid_request_error");
  }
  // A caller that hangs up has no other way to stop what it started. What others wait for as well goes on.
  const abort = (): void => {
    const active = runs.get(run);
    if (active !== undefined && isAlone(active, runs)) active.controller.abort();
  };
  // It listens before the run can say anything.
  const answer = stream
    ? streamedAnswer({ hub, clock, format, onAbandoned: abort })
    : wholeAnswer({ hub, clock, format });
  const principal = context.get("principal");
  const id = `http:${principal.id}:${run}`;
  try {
    await intake.accept({
      id,
      run,
      ...route,
      principal,
      provenance: spokenBy(principal),
      text,
      ...(queue === undefined ? {} : { queue }),
      ...(thinking === undefined ? {} : { settings: { thinkingLevel: thinking } }),
      receivedMs,
    });
  } catch (error) {
    answer.cancel();
    return notTaken(error, log);
  }
  const { signal } = context.req.raw;
  if (signal.aborted) abort();
  signal.addEventListener("abort", abort, { once: true });
  return answer.response;
}

/** Its turn reads nobody else's message, and its message is read in no other turn. */
function isAlone(run: ActiveRun, runs: Runs): boolean {
  return run.joined.length === 0 && !runs.ofSession(run.session).some(({ joined }) => joined.includes(run));
}

const REFUSALS: ReadonlySet<string> = new Set(["GATEWAY_REFUSED", "STORE_FORBIDDEN"]);

/** The answer to a message that the intake did not take. */
export function notTaken(error: unknown, log: Logger): Response {
  if (ClawError.is(error) && REFUSALS.has(error.code)) return apiError(403, error.message, error.code);
  if (ClawError.is(error)) {
    if (error.code === "GATEWAY_BUSY")
      return apiError(429, error.message, error.code, { headers: { "retry-after": "2" } });
    if (error.code !== "GATEWAY_STOPPING") log.error("a message was not taken", { error: error.message });
    return apiError(503, error.message, error.code, { headers: { "retry-after": "1" } });
  }
  throw error;
}
