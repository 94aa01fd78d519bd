import type { RunEvent, Span as Stage, Usage } from "@claw/core";
import { type Attributes, context, type Span, SpanKind, SpanStatusCode, type Tracer, trace } from "@opentelemetry/api";
import { modelAttributes } from "./attributes.ts";

/** The trace of one run. */
interface Traced {
  readonly root: Span;
  /** When its first byte was understood, in milliseconds since 1970. */
  readonly receivedMs: number;
  /** A model call is told apart from its tokens: it waits for them. */
  call?: { readonly span: Span; readonly endMs: number };
}

/** Turns each run into a trace: the agent's span around one span a stage. Content is never part of it. */
export function createTraces(tracer: Tracer, nowMs: () => number): (event: RunEvent) => void {
  const open = new Map<string, Traced>();

  function begin({ run, agent, session }: RunEvent, receivedMs: number): Traced {
    const root = tracer.startSpan(`invoke_agent ${agent}`, {
      kind: SpanKind.INTERNAL,
      startTime: receivedMs,
      attributes: {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.agent.name": agent,
        "gen_ai.conversation.id": session,
        "claw.run.id": run,
      },
    });
    const traced = { root, receivedMs };
    open.set(run, traced);
    return traced;
  }

  function stage(event: RunEvent, { stage, label, startMs, durationMs }: Stage): void {
    // It has just ended, so that the first one tells when the run was received.
    const traced = open.get(event.run) ?? begin(event, nowMs() - startMs - durationMs);
    endCall(traced);
    const { name, kind, attributes } = describe(stage, label);
    const startTime = traced.receivedMs + startMs;
    const span = tracer.startSpan(name, { kind, startTime, attributes }, trace.setSpan(context.active(), traced.root));
    const endMs = startTime + durationMs;
    if (stage === "model") traced.call = { span, endMs };
    else span.end(endMs);
  }

  function end({ run, outcome }: Extract<RunEvent, { readonly type: "run-ended" }>): void {
    const traced = open.get(run);
    if (traced === undefined) return;
    open.delete(run);
    endCall(traced);
    const { root } = traced;
    root.setAttributes({ "claw.run.state": outcome.state, ...usageAttributes(outcome) });
    if (outcome.error !== undefined) {
      root.setAttribute("error.type", outcome.error.code);
      root.setStatus({ code: SpanStatusCode.ERROR, message: outcome.error.code });
    }
    root.end(nowMs());
  }

  return (event) => {
    if (event.type === "span") return stage(event, event.span);
    if (event.type === "run-ended") return end(event);
    if (event.type === "turn-event" && event.event.type === "step") {
      endCall(open.get(event.run), event.event.message.usage);
    }
  };
}

function endCall(traced: Traced | undefined, usage: Usage = {}): void {
  if (traced?.call === undefined) return;
  const { span, endMs } = traced.call;
  delete traced.call;
  span.setAttributes(usageAttributes(usage));
  span.end(endMs);
}

function usageAttributes({ inputTokens, outputTokens }: Usage): Attributes {
  return {
    ...(inputTokens === undefined ? {} : { "gen_ai.usage.input_tokens": inputTokens }),
    ...(outputTokens === undefined ? {} : { "gen_ai.usage.output_tokens": outputTokens }),
  };
}

function describe(stage: Stage["stage"], label = ""): { name: string; kind: SpanKind; attributes: Attributes } {
  if (stage === "model") {
    const attributes = modelAttributes(label);
    return { name: `chat ${attributes["gen_ai.request.model"]}`, kind: SpanKind.CLIENT, attributes };
  }
  const attributes = { "claw.stage": stage };
  if (stage !== "tool") return { name: stage, kind: SpanKind.INTERNAL, attributes };
  // The label goes on with the head of what is run, which is content.
  const tool = label.split(/[\s:]/, 1)[0] ?? "";
  return {
    name: `execute_tool ${tool}`,
    kind: SpanKind.INTERNAL,
    attributes: { ...attributes, "gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": tool },
  };
}
