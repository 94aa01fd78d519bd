/** The protocol this package describes. A client offers a range; the gateway answers with one number. */
export const PROTOCOL_VERSION = 4;
/** The oldest protocol that a gateway still admits from a node or a probe; every other client needs the current one. */
export const MIN_NODE_PROTOCOL_VERSION = 3;

/** The largest frame before hello; a larger one closes with {@link CLOSE_CODES.tooLarge}. */
export const MAX_PRE_AUTH_FRAME_BYTES = 64 * 1024;
/** The largest frame after hello, in UTF-8 bytes. */
export const MAX_PAYLOAD_BYTES = 26_214_400;
/** The longest request id, method or event name and traceparent, in characters. */
export const MAX_ID_LENGTH = 128;
/** What a gateway buffers for one slow client before it closes the connection. */
export const MAX_BUFFERED_BYTES = 52_428_800;
/** How often a gateway sends `tick`; a client takes twice this without any frame for a dead connection. */
export const TICK_INTERVAL_MS = 30_000;
/** From the opened socket to hello, on both sides. */
export const HANDSHAKE_TIMEOUT_MS = 15_000;
/** Frames that may come while the handshake is being answered. */
export const MAX_EARLY_FRAMES = 15;
/** Requests of one connection that may wait for their answer, and their bytes. */
export const MAX_OPEN_REQUESTS = 256;
export const MAX_OPEN_REQUEST_BYTES = 50 * 1024 * 1024;
/** Calls of methods that are another role's; one more closes the connection. */
export const MAX_WRONG_ROLE_CALLS = 10;
/** Sockets of one address that have not shown yet who they are. */
export const MAX_PRE_AUTH_SOCKETS = 32;
/** How long a device's signature stays valid, either way. */
export const DEVICE_SIGNATURE_SKEW_MS = 120_000;
/** How long a gateway remembers an idempotency key, and how many. */
export const IDEMPOTENCY_WINDOW_MS = 300_000;
export const IDEMPOTENCY_MAX_KEYS = 1_000;

export const CLOSE_CODES = {
  normal: 1000,
  protocolMismatch: 1002,
  /** Handshake refused, or a rule broken. */
  policy: 1008,
  tooLarge: 1009,
  internal: 1011,
  restart: 1012,
  tryAgainLater: 1013,
  /** Sent by a client that heard nothing for too long. */
  timeout: 4000,
  /** The credential that admitted this connection no longer holds. */
  authInvalidated: 4001,
} as const;

/** Whether `text` takes more than `maxBytes` bytes in UTF-8; cheap for texts far from the limit. */
export function exceedsBytes(text: string, maxBytes: number): boolean {
  if (text.length > maxBytes) return true;
  if (text.length * 3 <= maxBytes) return false;
  return new TextEncoder().encode(text).byteLength > maxBytes;
}
