/** What a gateway answered, or why it could not. */
export type ClientErrorCode =
  /** `signal` fired; the gateway may still act on the request. */
  | "CLIENT_ABORTED"
  /** There is no connection now, or it ended before the answer. */
  | "CLIENT_DISCONNECTED"
  /** The request can't be put into a frame. */
  | "CLIENT_INVALID_REQUEST"
  /** Not the SHA-256 of a certificate. */
  | "CLIENT_INVALID_FINGERPRINT"
  | "CLIENT_INVALID_URL"
  /** The device's key can't be had, or there is nothing to sign with. */
  | "CLIENT_NO_DEVICE"
  /** The other side does not speak this protocol. */
  | "CLIENT_PROTOCOL"
  | "CLIENT_TIMEOUT";

/** `code` is the gateway's own (`FORBIDDEN`, …) or a {@link ClientErrorCode}; `message` is for people. */
export class GatewayError extends Error {
  readonly code: string;
  /** `details.code` says it more exactly than `code`. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The same request may succeed later. */
  readonly retryable: boolean;
  readonly retryAfterMs?: number;

  constructor(
    code: string,
    message: string,
    options: ErrorOptions & {
      readonly details?: Readonly<Record<string, unknown>> | undefined;
      readonly retryable?: boolean | undefined;
      readonly retryAfterMs?: number | undefined;
    } = {},
  ) {
    super(message, options);
    this.name = "GatewayError";
    this.code = code;
    this.retryable = options.retryable ?? false;
    if (options.details) this.details = options.details;
    if (options.retryAfterMs !== undefined) this.retryAfterMs = options.retryAfterMs;
  }
}
