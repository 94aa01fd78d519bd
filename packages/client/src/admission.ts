import {
  CLOSE_CODES,
  type ConnectChallenge,
  type EventFrame,
  type HelloOk,
  type ResponseFrame,
  type WireError,
} from "@claw/protocol";
import { GatewayError } from "./gateway-error.ts";

/** How a connection ended. */
export interface ConnectionEnd {
  readonly code: number;
  readonly reason: string;
  /** Another attempt would end the same way. */
  readonly terminal: boolean;
  /** What the gateway asked to wait. */
  readonly retryAfterMs?: number;
  /** Why the gateway refused to connect. */
  readonly error?: GatewayError;
}

/** The end that a refused `connect` means. */
export function refusal({ code, message, ...rest }: WireError): ConnectionEnd {
  const error = new GatewayError(code, message, rest);
  return {
    code: CLOSE_CODES.policy,
    reason: message,
    terminal: !error.retryable && code !== "UNAVAILABLE",
    error,
    ...(error.retryAfterMs !== undefined && { retryAfterMs: error.retryAfterMs }),
  };
}

/** Whether a close code rules out another attempt. After hello, 1008 is a slow consumer, which reconnecting cures. */
export function isTerminal(code: number, admitted: boolean): boolean {
  if (code === CLOSE_CODES.authInvalidated || code === CLOSE_CODES.protocolMismatch) return true;
  return code === CLOSE_CODES.policy && !admitted;
}

/** What a gateway says first, or `undefined` when it says something else. */
export function challengeOf(frame: EventFrame | ResponseFrame): ConnectChallenge | undefined {
  if (frame.type !== "event" || frame.event !== "connect.challenge") return undefined;
  const { nonce, ts } = fields<ConnectChallenge>(frame.payload);
  const isWhole = typeof nonce === "string" && nonce !== "" && Number.isSafeInteger(ts);
  return isWhole ? { nonce, ts: Number(ts) } : undefined;
}

/** A longer interval would make the watchdog useless, and a far longer one overflows timers. */
const MAX_TICK_MS = 3_600_000;

export function isHello(payload: unknown): payload is HelloOk {
  const { type, policy } = fields<HelloOk>(payload);
  const { maxPayload, tickIntervalMs } = fields<HelloOk["policy"]>(policy);
  return type === "hello-ok" && isPositive(maxPayload) && isPositive(tickIntervalMs) && tickIntervalMs <= MAX_TICK_MS;
}

const fields = <Shape>(value: unknown): { readonly [Key in keyof Shape]?: unknown } =>
  typeof value === "object" && value !== null ? value : {};
const isPositive = (value: unknown): value is number => typeof value === "number" && value > 0;
