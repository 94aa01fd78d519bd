import { randomUUID } from "node:crypto";
import { ClawError } from "@claw/core";
import type { Context } from "hono";
import type { GatewayEvent, Hub, RunOutcome } from "../events.ts";
import type { MethodDeps } from "../methods/context.ts";
import type { ApiEnv } from "./authorise.ts";
import { type ChatRequest, chatRequest, messageText } from "./chat-request.ts";
import { apiError } from "./errors.ts";
import { agentOfModel, unknownModel } from "./models.ts";

type Answer = (
  hub: Hub,
  run: string,
  model: string,
  created: number,
  request: ChatRequest,
) => {
  readonly response: Promise<Response>;
};

/** OpenAI's chat completions over an agent: its tools run inside, the caller sees text. */
export function chatCompletions(
  deps: MethodDeps & { readonly hub: Hub },
): (context: Context<ApiEnv>) => Promise<Response> {
  const { hub, intake, runs, clock, resolveSession, agents } = deps;
  return async (context) => {
    const receivedMs = clock.monotonicMs();
    const body: unknown = await context.req.json().catch(() => undefined);
    const parsed = chatRequest.safeParse(body);
    if (!parsed.success) return apiError(400, invalid(parsed.error.issues), "invalid_request_error");
    const request = parsed.data;
    const text = messageText(request);
    if (text === "") return apiError(400, "messages: expected a user message with text", "invalid_request_error");
    const agent = agentOfModel(request.model, deps);
    if (agent === undefined) return apiError(404, unknownModel(request.model, [...agents.keys()]), "model_not_found");
    const run = randomUUID();
    const name =
      (request.user ?? "") === "" ? `openai:${run}` : `openai-user:${encodeURIComponent(request.user ?? "")}`;
    const route = resolveSession(`agent:${agent}:${name}`, agent);
    if (route === undefined) return apiError(400, "user: expected a shorter, simpler name", "invalid_request_error");

    const principal = context.get("principal");
    const answer: Answer = request.stream === true ? streamed : whole;
    const { response } = answer(hub, run, request.model, Math.floor(clock.now().getTime() / 1_000), request);
    try {
      const provenance = { origins: ["owner"], trust: "trusted", because: [] } as const;
      await intake.accept({
        id: `http:${principal.id}:${run}`,
        run,
        ...route,
        principal,
        provenance,
        text,
        receivedMs,
      });
    } catch (error) {
      const status = ClawError.is(error, "GATEWAY_REFUSED") ? 403 : 503;
      return apiError(status, ClawError.is(error) ? error.message : "internal error", "refused");
    }
    // A caller that hangs up has no other way to stop what it started.
    context.req.raw.signal.addEventListener("abort", () => runs.get(run)?.controller.abort(), { once: true });
    return response;
  };
}

const whole: Answer = (hub, run, model, created) => {
  const { promise, resolve } = Promise.withResolvers<Response>();
  const segments: string[] = [""];
  const unsubscribe = hub.subscribe((event) => {
    if (event.run !== run) return;
    collect(segments, event);
    if (event.type !== "run-ended") return;
    unsubscribe();
    resolve(completion(run, model, created, event.outcome, joined(segments)));
  });
  return { response: promise };
};

const streamed: Answer = (hub, run, model, created, request) => {
  const encoder = new TextEncoder();
  const chunk = (delta: object, finish: string | null, extra: object = {}): Uint8Array =>
    encoder.encode(
      `data: ${JSON.stringify({ id: `chatcmpl-${run}`, object: "chat.completion.chunk", created, model, choices: [{ index: 0, delta, finish_reason: finish }], ...extra })}\n\n`,
    );
  let unsubscribe = (): void => {};
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      let separate = false;
      controller.enqueue(chunk({ role: "assistant", content: "" }, null));
      unsubscribe = hub.subscribe((event) => {
        if (event.run !== run) return;
        if (event.type === "tool-start") separate = true;
        if (event.type === "turn-event" && event.event.type === "text-delta") {
          controller.enqueue(chunk({ content: `${separate ? "\n\n" : ""}${event.event.text}` }, null));
          separate = false;
        }
        if (event.type !== "run-ended") return;
        unsubscribe();
        const { outcome } = event;
        if (outcome.error !== undefined)
          controller.enqueue(encoder.encode(`data: ${JSON.stringify(failure(outcome.error))}\n\n`));
        else controller.enqueue(chunk({}, outcome.cut ? "length" : "stop"));
        if (request.stream_options?.include_usage === true) {
          controller.enqueue(
            encoder.encode(
              `data: ${JSON.stringify({ id: `chatcmpl-${run}`, object: "chat.completion.chunk", created, model, choices: [], usage: usage(outcome) })}\n\n`,
            ),
          );
        }
        controller.enqueue(encoder.encode("data: [DONE]\n\n"));
        controller.close();
      });
    },
    cancel: () => unsubscribe(),
  });
  const headers = { "content-type": "text/event-stream; charset=utf-8", "cache-control": "no-cache", "x-run-id": run };
  return { response: Promise.resolve(new Response(body, { headers })) };
};

/** Text before and after tool calls reads as paragraphs. */
function collect(segments: string[], event: GatewayEvent): void {
  if (event.type === "tool-start") segments.push("");
  if (event.type === "turn-event" && event.event.type === "text-delta") {
    segments.push((segments.pop() ?? "") + event.event.text);
  }
}

function joined(segments: readonly string[]): string {
  return segments.filter((segment) => segment !== "").join("\n\n");
}

function completion(run: string, model: string, created: number, outcome: RunOutcome, content: string): Response {
  if (outcome.error !== undefined) {
    const { error } = failure(outcome.error);
    return apiError(502, error.message, error.type, { "x-run-id": run });
  }
  const choice = { index: 0, message: { role: "assistant", content }, finish_reason: outcome.cut ? "length" : "stop" };
  const body = {
    id: `chatcmpl-${run}`,
    object: "chat.completion",
    created,
    model,
    choices: [choice],
    usage: usage(outcome),
  };
  return Response.json(body, { headers: { "x-run-id": run } });
}

function failure(error: ClawError): { readonly error: { readonly message: string; readonly type: string } } {
  return { error: { message: error.message, type: error.code } };
}

function usage({ inputTokens, outputTokens }: RunOutcome): object {
  return { prompt_tokens: inputTokens, completion_tokens: outputTokens, total_tokens: inputTokens + outputTokens };
}

function invalid(issues: readonly { readonly path: readonly PropertyKey[]; readonly message: string }[]): string {
  return issues
    .slice(0, 5)
    .map(({ path, message }) => `${path.map(String).join(".") || "body"}: ${message}`)
    .join("; ");
}
