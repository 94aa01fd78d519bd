import { MAX_ID_LENGTH } from "./limits.ts";
import type { Scope } from "./scopes.ts";

/** An error as it crosses the wire. `message` is for people and never holds a secret. */
export interface WireError {
  /** One of {@link ErrorCode} from a gateway of this version; a newer one may add some. */
  readonly code: string;
  readonly message: string;
  /** What a program acts on; `code` in it is one of {@link DetailCode} or {@link ConnectErrorCode}. */
  readonly details?: Readonly<Record<string, unknown>>;
  /** The same request may succeed later. */
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
}

export const ERROR_CODES = {
  INVALID_REQUEST: "The request can't be right, however often it is sent.",
  FORBIDDEN: "The caller may not.",
  UNAVAILABLE: "The gateway can't, or can't now: `retryable` tells.",
  NOT_PAIRED: "The device is not paired, or not for what it asks.",
  APPROVAL_NOT_FOUND: "There is no such approval that the caller may see.",
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;

/** `details.code` of a refused request; from `RUN_NOT_FOUND` on they are Claw's own. */
export const DETAIL_CODES = {
  MISSING_SCOPE: "`missingScope` names the scope.",
  UNKNOWN_AGENT_ID: "There is no such agent.",
  RUN_NOT_FOUND: "There is no such run that the caller may see.",
  DEVICE_NOT_FOUND: "There is no such device, or no such role of it, that the caller may see.",
  DEVICE_REQUEST_NOT_FOUND: "No device waits under that id, or not any more.",
  WRONG_ROLE: "The method is another role's: `requiredRole` names it.",
  SESSION_NOT_FOUND: "There is no such session that the caller may see.",
  APPROVAL_ALREADY_RESOLVED: "Somebody answered before: `decision` and `resolvedBy` say what and who.",
  QUESTION_NOT_FOUND: "There is no such question that the caller may see, or answer.",
  QUESTION_ALREADY_RESOLVED: "It was answered before, or is over: `status` and `resolvedBy` say how and by whom.",
  MODEL_UNKNOWN: "There is no such model; the message names the nearest.",
  CHANNEL_UNKNOWN: "There is no such channel; the message names those there are.",
  UNKNOWN_USER: "There is no such user.",
  FILE_CHANGED: "It is not what was read; read it again.",
  ATTACHMENTS_UNSUPPORTED: "Attachments are not taken here.",
  AGENT_REFUSED: "This is for people: an agent may not, whatever its scopes.",
  CONFIG_STALE: "The file was changed since `baseHash`; `hash` is what it has now.",
  CONFIG_INVALID: "What would be written is not a configuration that works; `issues` says why.",
  CONFIG_CLOBBER: "The change would lose more than it says.",
  CONFIG_UNWRITABLE: "The file can't be written.",
} as const;

export type DetailCode = keyof typeof DETAIL_CODES;

/** `details.code` of a refused `connect`. */
export const CONNECT_ERROR_CODES = [
  "AUTH_REQUIRED",
  "AUTH_UNAUTHORIZED",
  "AUTH_TOKEN_MISSING",
  "AUTH_TOKEN_MISMATCH",
  "AUTH_TOKEN_NOT_CONFIGURED",
  "AUTH_PASSWORD_MISSING",
  "AUTH_PASSWORD_MISMATCH",
  "AUTH_PASSWORD_NOT_CONFIGURED",
  "AUTH_BOOTSTRAP_TOKEN_INVALID",
  "AUTH_DEVICE_TOKEN_MISMATCH",
  "AUTH_SCOPE_MISMATCH",
  "AUTH_RATE_LIMITED",
  "CONTROL_UI_ORIGIN_NOT_ALLOWED",
  "CONTROL_UI_DEVICE_IDENTITY_REQUIRED",
  "DEVICE_IDENTITY_REQUIRED",
  "DEVICE_AUTH_INVALID",
  "DEVICE_AUTH_DEVICE_ID_MISMATCH",
  "DEVICE_AUTH_SIGNATURE_EXPIRED",
  "DEVICE_AUTH_NONCE_REQUIRED",
  "DEVICE_AUTH_NONCE_MISMATCH",
  "DEVICE_AUTH_SIGNATURE_INVALID",
  "DEVICE_AUTH_PUBLIC_KEY_INVALID",
  "PAIRING_REQUIRED",
  "PROTOCOL_MISMATCH",
  "CLIENT_VERSION_MISMATCH",
] as const;

export type ConnectErrorCode = (typeof CONNECT_ERROR_CODES)[number];

/** What a client should do about a refused credential, in `details.recommendedNextStep`. */
export type RecommendedNextStep =
  | "retry_with_device_token"
  | "update_auth_configuration"
  | "update_auth_credentials"
  | "wait_then_retry"
  | "review_auth_configuration";

type ErrorDetails = Readonly<Record<string, unknown>> & { readonly code?: DetailCode | ConnectErrorCode };

/** The request can't be right, however often it is sent. */
export function invalidRequest(message: string, details?: ErrorDetails): WireError & { readonly code: ErrorCode } {
  return { code: "INVALID_REQUEST", message, ...(details && { details }) };
}

export function unknownMethod(name: string): WireError & { readonly code: ErrorCode } {
  return invalidRequest(`unknown method: ${name.slice(0, MAX_ID_LENGTH)}`);
}

export function missingScope(scope: Scope): WireError & { readonly code: ErrorCode } {
  return {
    code: "FORBIDDEN",
    message: `missing scope: ${scope}`,
    details: { code: "MISSING_SCOPE", missingScope: scope, requiredScopes: [scope] },
  };
}

/** The gateway can't now; `retryAfterMs` makes it retryable. */
export function unavailable(
  message: string,
  options: { readonly retryAfterMs?: number; readonly details?: ErrorDetails } = {},
): WireError & { readonly code: ErrorCode } {
  const { retryAfterMs, details } = options;
  return {
    code: "UNAVAILABLE",
    message,
    ...(details && { details }),
    ...(retryAfterMs !== undefined && { retryable: true, retryAfterMs }),
  };
}
