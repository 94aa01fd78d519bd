import { randomUUID } from "node:crypto";
import type { LanguageModelV4StreamPart, LanguageModelV4Usage } from "@ai-sdk/provider";
import type { Clock, ModelEvent, ModelRequest, Usage } from "@claw/core";
import { toPrompt, toTools } from "./convert.ts";
import { classifyFailure, type Failure, failed } from "./failure.ts";
import { languageModel } from "./language-model.ts";
import type { Provider } from "./providers.ts";
import { requestOptions, requestWarnings } from "./request-options.ts";
import { thoughtReader } from "./thinking.ts";

/** One model at one provider, with nothing left to look up. */
export interface Target {
  readonly ref: string;
  readonly provider: Provider;
  readonly model: string;
  readonly maxTokens?: number;
}

/** How one attempt ended. */
export type Outcome =
  | { readonly stop: "stop" | "tool-calls" | "length"; readonly usage?: Usage }
  | { readonly stop: "aborted" }
  /** `streamed`: some of the answer was already passed on, so that it can't be asked for again. */
  | { readonly stop: "failed"; readonly failure: Failure; readonly streamed: boolean };

/** Asks once and yields what comes, then returns how it ended. Never throws. */
export async function* attempt(
  target: Target,
  request: ModelRequest,
  clock: Clock,
): AsyncGenerator<ModelEvent, Outcome> {
  const { provider, model } = target;
  const { signal } = request;
  if (signal.aborted) return { stop: "aborted" };
  if (!provider.available) {
    const failure = failed("MODEL_AUTH", `${provider.id} has no API key. Set ${provider.keySetting}.`);
    return { stop: "failed", failure, streamed: false };
  }
  const cancel = new AbortController();
  const onAbort = () => cancel.abort();
  signal.addEventListener("abort", onAbort, { once: true });
  const idle = idleTimer(clock, provider.idleTimeoutMs, onAbort);
  const readThought = thoughtReader();
  let streamed = false;
  let called = false;
  let ended = false;
  try {
    const maxOutputTokens = request.maxOutputTokens ?? target.maxTokens;
    const { stream } = await (await languageModel(provider, model)).doStream({
      prompt: toPrompt(request.system, request.messages, target.ref),
      ...(request.tools.length === 0 ? {} : { tools: toTools(request.tools), toolChoice: { type: "auto" } }),
      ...(maxOutputTokens === undefined ? {} : { maxOutputTokens }),
      ...requestOptions(provider.api, target.ref, request),
      abortSignal: cancel.signal,
    });
    for await (const part of stream) {
      if (signal.aborted) return { stop: "aborted" };
      idle.touch();
      const thought = readThought(part);
      if (thought !== undefined && thought.callId === undefined) yield { type: "thought", thought };
      if (part.type === "stream-start") {
        yield* requestWarnings(part.warnings, provider.api, target.ref, request);
      } else if (part.type === "text-delta" || part.type === "reasoning-delta") {
        if (part.delta === "") continue;
        streamed = true;
        yield { type: part.type, text: part.delta };
      } else if (part.type === "tool-call") {
        streamed = true;
        called = true;
        const id = usableId(part.toolCallId, request);
        if (thought !== undefined) yield { type: "thought", thought: { ...thought, callId: id } };
        yield { type: "tool-call", id, tool: part.toolName, input: parsed(part.input) };
      } else if (part.type === "error") {
        throw part.error;
      } else if (part.type === "finish") {
        ended = true;
        const end = finished(part, called, target);
        return "error" in end ? { stop: "failed", failure: end, streamed } : end;
      }
    }
    throw new Error("The answer broke off.");
  } catch (error) {
    if (signal.aborted) return { stop: "aborted" };
    const failure = idle.fired() ? timedOut(provider) : classifyFailure(error, provider, model, clock.now());
    return { stop: "failed", failure, streamed };
  } finally {
    idle.stop();
    signal.removeEventListener("abort", onAbort);
    if (!ended) cancel.abort();
  }
}

function finished(
  part: Extract<LanguageModelV4StreamPart, { type: "finish" }>,
  called: boolean,
  target: Target,
): Extract<Outcome, { readonly usage?: Usage }> | Failure {
  const { unified, raw } = part.finishReason;
  const usage = toUsage(part.usage);
  const counted = usage === undefined ? {} : { usage };
  if (unified === "length") return { stop: "length", ...counted };
  // Some servers say "stop" after tool calls, and OpenAI's models refuse in plain words with the reason "stop".
  if (called) return { stop: "tool-calls", ...counted };
  if (unified === "stop" || unified === "tool-calls" || (unified === "content-filter" && raw === "stop")) {
    return { stop: "stop", ...counted };
  }
  if (unified === "content-filter") {
    const message = `The content filter of ${target.provider.id} stopped the answer (${raw ?? "no reason given"}).`;
    return failed("MODEL_REFUSED", message);
  }
  if (unified === "other" && raw !== undefined) return { stop: "stop", ...counted };
  const message = `The answer of ${target.ref} broke off before its end (${raw ?? "no reason given"}).`;
  return failed("MODEL_BAD_RESPONSE", message);
}

function toUsage({ inputTokens, outputTokens }: LanguageModelV4Usage): Usage | undefined {
  const usage = {
    ...(inputTokens.total === undefined ? {} : { inputTokens: inputTokens.total }),
    ...(outputTokens.total === undefined ? {} : { outputTokens: outputTokens.total }),
    ...(inputTokens.cacheRead === undefined ? {} : { cachedInputTokens: inputTokens.cacheRead }),
    ...(inputTokens.cacheWrite === undefined ? {} : { cacheWriteTokens: inputTokens.cacheWrite }),
  };
  return Object.keys(usage).length === 0 ? undefined : usage;
}

/** Missing, repeated, or of a form that another provider in the chain would refuse in the history: a new one. */
function usableId(id: string, request: ModelRequest): string {
  const used = request.messages.some(
    (message) => message.role === "assistant" && message.toolCalls.some((call) => call.id === id),
  );
  return !used && /^[\w-]{1,64}$/.test(id) ? id : `call_${randomUUID().replaceAll("-", "")}`;
}

function parsed(input: string): unknown {
  if (input.trim() === "") return {};
  try {
    return JSON.parse(input);
  } catch {
    return input;
  }
}

function timedOut({ id, idleTimeoutMs }: Provider): Failure {
  const message = `${id} was silent for ${idleTimeoutMs / 1000} s. If it is only slow, raise models.providers.${id}.timeoutSeconds.`;
  return { ...failed("MODEL_TIMEOUT", message), retriable: true };
}

/** Calls back after a silence; `touch` is cheap enough for every token. */
function idleTimer(clock: Clock, timeoutMs: number, onIdle: () => void) {
  let last = clock.monotonicMs();
  let fired = false;
  const check = () => {
    const left = last + timeoutMs - clock.monotonicMs();
    if (left > 0) {
      stop = clock.after(left, check);
    } else {
      fired = true;
      onIdle();
    }
  };
  let stop = clock.after(timeoutMs, check);
  return {
    touch: () => {
      last = clock.monotonicMs();
    },
    fired: () => fired,
    stop: () => stop(),
  };
}
