import {
  CLOSE_CODES,
  MAX_BUFFERED_BYTES,
  type Parsed,
  parseFrame,
  type RequestFrame,
  type WireError,
} from "@claw/protocol";
import type { Connection } from "../options.ts";

/** What the WebSocket protocol allows. */
const MAX_REASON_BYTES = 123;

/** What a client sends is requests. */
export function readRequest(text: string): Parsed<RequestFrame> {
  const frame = parseFrame(text);
  if (!frame.ok) return frame;
  return frame.value.type === "req"
    ? { ok: true, value: frame.value }
    : { ok: false, message: "invalid frame: expected a request" };
}

/** Sends one frame; a client that has long stopped reading is closed instead. */
export function sendText(connection: Connection, text: string): void {
  if (connection.bufferedBytes() > MAX_BUFFERED_BYTES) {
    closeConnection(connection, CLOSE_CODES.policy, "slow consumer");
  } else {
    connection.send(text);
  }
}

export function respond(connection: Connection, id: string, payload: unknown): void {
  sendText(connection, JSON.stringify({ type: "res", id, ok: true, payload }));
}

export function respondError(connection: Connection, id: string, error: WireError): void {
  sendText(connection, JSON.stringify({ type: "res", id, ok: false, error }));
}

/** Closes with a reason of any length, cut to what fits. */
export function closeConnection(connection: Connection, code: number, reason: string): void {
  const bytes = new TextEncoder().encode(reason);
  // Streaming leaves a character that was cut in its middle out.
  const cut = new TextDecoder().decode(bytes.subarray(0, MAX_REASON_BYTES), { stream: true });
  connection.close(code, cut);
}
