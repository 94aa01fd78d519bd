import type { WireError } from "./errors.ts";
import { MAX_ID_LENGTH } from "./limits.ts";
import type { Parsed } from "./parsed.ts";

export interface RequestFrame {
  readonly type: "req";
  /** Chosen by the client, unique among its open requests, at most {@link MAX_ID_LENGTH} characters. */
  readonly id: string;
  readonly method: string;
  readonly params?: unknown;
  /** W3C trace context, at most {@link MAX_ID_LENGTH} characters. */
  readonly traceparent?: string;
  readonly expectedProfileId?: string;
}

/** Answers may come out of order, and `agent` is answered twice on one id. */
export type ResponseFrame =
  | { readonly type: "res"; readonly id: string; readonly ok: true; readonly payload?: unknown }
  | { readonly type: "res"; readonly id: string; readonly ok: false; readonly error: WireError };

export interface EventFrame {
  readonly type: "event";
  readonly event: string;
  readonly payload?: unknown;
  /** Counts the events sent on this connection from 1 without gaps: a gap means that events were dropped. */
  readonly seq?: number;
  readonly stateVersion?: StateVersion;
}

export interface StateVersion {
  readonly presence: number;
  readonly health: number;
}

export type Frame = RequestFrame | ResponseFrame | EventFrame;

const REQUEST_KEYS = new Set(["type", "id", "method", "params", "traceparent", "expectedProfileId"]);

/**
 * Reads one text frame. Requests are closed: an unknown key is refused. Responses and events pass with their known
 * keys alone, so that a newer gateway can add some. Check the size first: see {@link exceedsBytes}.
 *
 * Written by hand and not with zod, because it is what every browser client needs from this package.
 */
export function parseFrame(text: string): Parsed<Frame> {
  let data: unknown;
  try {
    data = JSON.parse(text);
  } catch {
    return refuse("expected JSON");
  }
  if (!isRecord(data)) return refuse("expected an object");
  const { type } = data;
  switch (type) {
    case "req":
      return parseRequest(data);
    case "res":
      return parseResponse(data);
    case "event":
      return parseEvent(data);
    default:
      return refuse("at type: expected 'req', 'res' or 'event'");
  }
}

function parseRequest(data: Fields): Parsed<Frame> {
  const { id, method, params, traceparent, expectedProfileId } = data;
  const unknown = Object.keys(data).find((key) => !REQUEST_KEYS.has(key));
  if (unknown !== undefined) return refuse(`at root: unexpected property '${unknown.slice(0, MAX_ID_LENGTH)}'`);
  if (!isName(id)) return refuseName("id");
  if (!isName(method)) return refuseName("method");
  if (traceparent !== undefined && !isName(traceparent)) {
    return refuseName("traceparent");
  }
  if (expectedProfileId !== undefined && !isName(expectedProfileId)) {
    return refuseName("expectedProfileId");
  }
  return accept({
    type: "req",
    id,
    method,
    ...(params !== undefined && { params }),
    ...(traceparent !== undefined && { traceparent }),
    ...(expectedProfileId !== undefined && { expectedProfileId }),
  });
}

function parseResponse({ id, ok, payload, error }: Fields): Parsed<Frame> {
  if (!isName(id)) return refuseName("id");
  if (ok === true) return accept({ type: "res", id, ok, ...(payload !== undefined && { payload }) });
  if (ok !== false) return refuse("at ok: expected a boolean");
  if (!isRecord(error)) return refuse("at error: expected an object");
  const { code, message, details, retryable, retryAfterMs } = error;
  if (typeof code !== "string") return refuse("at error.code: expected a string");
  if (typeof message !== "string") return refuse("at error.message: expected a string");
  return accept({
    type: "res",
    id,
    ok,
    error: {
      code,
      message,
      ...(isRecord(details) && { details }),
      ...(typeof retryable === "boolean" && { retryable }),
      ...(isCount(retryAfterMs) && { retryAfterMs }),
    },
  });
}

function parseEvent({ event, payload, seq, stateVersion }: Fields): Parsed<Frame> {
  if (!isName(event)) return refuseName("event");
  if (seq !== undefined && !isCount(seq)) return refuse("at seq: expected a non-negative integer");
  return accept({
    type: "event",
    event,
    ...(payload !== undefined && { payload }),
    ...(seq !== undefined && { seq }),
    ...(isStateVersion(stateVersion) && { stateVersion }),
  });
}

type Fields = Readonly<Record<string, unknown>>;

const accept = (value: Frame): Parsed<Frame> => ({ ok: true, value });
const refuse = (reason: string): Parsed<Frame> => ({ ok: false, message: `invalid frame: ${reason}` });
const refuseName = (key: string): Parsed<Frame> =>
  refuse(`at ${key}: expected a string of 1 to ${MAX_ID_LENGTH} characters`);

const isRecord = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const isName = (value: unknown): value is string =>
  typeof value === "string" && value.length > 0 && value.length <= MAX_ID_LENGTH;
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function isStateVersion(value: unknown): value is StateVersion {
  if (!isRecord(value)) return false;
  const { presence, health } = value;
  return isCount(presence) && isCount(health);
}
