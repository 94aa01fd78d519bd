import { APICallError } from "@ai-sdk/provider";
import { ClawError, RateLimitedError } from "@claw/core";
import { closest } from "fastest-levenshtein";
import type { ModelErrorCode } from "./errors.ts";
import { UnusableResponseError } from "./limited-fetch.ts";
import { builtInProviders, type Provider } from "./providers.ts";
import { retryAfterMs } from "./retry-after.ts";

/** Why one attempt ended without an answer. */
export interface Failure {
  readonly error: ClawError<ModelErrorCode>;
  /** The same request may succeed a little later. */
  readonly retriable: boolean;
  /** The shortest wait the server asked for. */
  readonly retryAfterMs?: number;
}

/** After these another model may answer; after the others it would fail alike, or should not be asked. */
export const fallbackCodes: ReadonlySet<string> = new Set<ModelErrorCode>([
  "MODEL_AUTH",
  "MODEL_BAD_RESPONSE",
  "MODEL_RATE_LIMITED",
  "MODEL_TIMEOUT",
  "MODEL_UNAVAILABLE",
  "MODEL_UNKNOWN",
]);

export function failed(code: ModelErrorCode, message: string, cause?: unknown): Failure {
  return { error: new ClawError(code, message, cause === undefined ? {} : { cause }), retriable: false };
}

/** Reads whatever an AI SDK provider threw or put in its stream. No key or header value survives into the error. */
export function classifyFailure(thrown: unknown, provider: Provider, model: string, now: Date): Failure {
  const found = inspect(thrown);
  const said = redact(found.text, provider).slice(0, 300);
  const where = `${provider.id} (${new URL(provider.baseUrl).origin})`;
  const quote = said === "" ? "" : ` It said: ${said}`;
  // The AI SDK's own errors carry the whole prompt, and some the key: what is kept as the cause is their gist.
  const cause = new Error(`${found.status === undefined ? "" : `HTTP ${found.status}: `}${said}`);
  const is = (pattern: RegExp) => !found.garbled && pattern.test(found.text);

  if (
    is(/context.?(length|window|size)|prompt is too long|input token count|too many tokens/i) &&
    found.status !== 429
  ) {
    return failed("MODEL_CONTEXT_OVERFLOW", `The conversation is too long for ${provider.id}/${model}.${quote}`, cause);
  }
  if (is(/insufficient_quota|credit balance|billing/i) || found.status === 402) {
    return failed("MODEL_AUTH", `${where} does not serve this account: its credit or quota is used up.${quote}`, cause);
  }
  if (found.status === 401 || found.status === 403 || is(/authentication_error|invalid_api_key|API key not valid/i)) {
    const state = provider.apiKey === undefined ? "asks for an API key and none is set" : "refuses the API key";
    return failed("MODEL_AUTH", `${where} ${state}. Set ${provider.keySetting}.`, cause);
  }
  if (found.status === 429 || is(/rate_limit_error|rate_limit_exceeded/)) {
    const wait = retryAfterMs(found.headers, now);
    const asked = wait === undefined ? "" : ` It asks to wait ${Math.ceil(wait / 1000)} s.`;
    const message = `${where} limits how often it may be asked.${asked}${quote}`;
    const error = new RateLimitedError<ModelErrorCode>("MODEL_RATE_LIMITED", message, wait ?? 30_000, { cause });
    return { error, retriable: true, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  }
  if (found.status === 404 || is(/model_not_found|model.{0,60}(not found|does not exist)/i)) {
    return failed(
      "MODEL_UNKNOWN",
      `${where} does not know the model "${model}".${nearest(provider, model)}${quote}`,
      cause,
    );
  }
  if (found.networkCode !== undefined) {
    if (/TIMEOUT|TIMEDOUT/.test(found.networkCode))
      return failed("MODEL_TIMEOUT", `${where} did not answer in time.`, cause);
    const message = `${where} can't be reached (${found.networkCode}). Check that it runs and that models.providers.${provider.id}.baseUrl is right.`;
    return { ...failed("MODEL_UNAVAILABLE", message, cause), retriable: true };
  }
  if (
    found.status === 408 ||
    (found.status !== undefined && found.status >= 500) ||
    is(/overloaded|server_error|api_error|unavailable/i)
  ) {
    const wait = retryAfterMs(found.headers, now);
    const status = found.status === undefined ? "" : ` (status ${found.status})`;
    const failure = failed("MODEL_UNAVAILABLE", `${where} has a problem of its own${status}.${quote}`, cause);
    return { ...failure, retriable: true, ...(wait === undefined ? {} : { retryAfterMs: wait }) };
  }
  if (found.status !== undefined && found.status >= 400) {
    return failed("MODEL_INVALID_REQUEST", `${where} refuses the request (status ${found.status}).${quote}`, cause);
  }
  const did = found.unusable ?? "sent something that is not an answer";
  const hint = `Check models.providers.${provider.id}.baseUrl and api.`;
  return failed("MODEL_BAD_RESPONSE", `${where} ${did}. ${hint}${found.unusable === undefined ? quote : ""}`, cause);
}

interface Found {
  readonly status?: number;
  readonly text: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly networkCode?: string;
  readonly unusable?: string;
  /** The text is a piece of an answer that could not be read, and its words mean nothing. */
  readonly garbled: boolean;
}

function inspect(thrown: unknown): Found {
  const call = APICallError.isInstance(thrown) ? thrown : undefined;
  let networkCode: string | undefined;
  let unusable: string | undefined;
  for (let error = thrown, depth = 0; error instanceof Error && depth < 8; error = error.cause, depth += 1) {
    if (error instanceof UnusableResponseError) unusable ??= error.message;
    if ("code" in error && typeof error.code === "string" && /^(E[A-Z]|UND_)/.test(error.code))
      networkCode ??= error.code;
  }
  const status = call?.statusCode ?? streamStatus(thrown);
  const garbled = thrown instanceof Error && /JSONParse|TypeValidation|InvalidResponseData/.test(thrown.name);
  return {
    text: call?.responseBody ? `${call.message} ${call.responseBody}` : describe(thrown),
    headers: call?.responseHeaders ?? {},
    garbled,
    // A body that breaks off has the status 200 and a network error; an error status says more than the network does.
    ...(status !== undefined && status >= 400 ? { status } : networkCode === undefined ? {} : { networkCode }),
    ...(unusable === undefined ? {} : { unusable }),
  };
}

/** Errors inside a stream are provider-made objects, some with a status under one of these names. */
function streamStatus(thrown: unknown): number | undefined {
  if (typeof thrown !== "object" || thrown === null) return undefined;
  const { statusCode, code, status } = thrown as { statusCode?: unknown; code?: unknown; status?: unknown };
  return [statusCode, code, status].find((value) => typeof value === "number");
}

function describe(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  return typeof thrown === "string" ? thrown : (JSON.stringify(thrown) ?? "");
}

function redact(text: string, provider: Provider): string {
  return [provider.apiKey ?? "", ...Object.values(provider.headers)]
    .filter((secret) => secret.length >= 6)
    .reduce((clean, secret) => clean.replaceAll(secret, "[redacted]"), text);
}

function nearest(provider: Provider, model: string): string {
  const known = [...(provider.models ?? []).map(({ id }) => id), builtInProviders[provider.id]?.defaultModel ?? ""];
  const others = known.filter((id) => id !== "" && id !== model);
  return others.length === 0 ? "" : ` The nearest known is "${closest(model, others)}".`;
}
