import type { DeviceRequest, KnownDevice } from "@claw/core";
import { invalidRequest, type PairingReason, type WireError } from "@claw/protocol";
import type { AuthResult } from "../auth.ts";

/** Of a device that waits; its approval is a person's work. */
const ASK_AGAIN_MS = 5_000;
const MANY_WAIT_MS = 60_000;

/** Short: with the request's id it has to fit into the reason of a close. */
const REQUIREMENTS: Readonly<Record<PairingReason, string>> = {
  "not-paired": "this device is not approved yet",
  "role-upgrade": "this device asks for another role",
  "scope-upgrade": "this device asks for more scopes",
  "metadata-upgrade": "this device looks different",
};

export function pairingRequired(request: DeviceRequest, known: KnownDevice | undefined): WireError {
  const { id: requestId, device: deviceId, reason, role, scopes } = request;
  const grants = known?.grants ?? [];
  return {
    code: "NOT_PAIRED",
    message: `pairing required: ${REQUIREMENTS[reason]} (requestId: ${requestId})`,
    details: {
      code: "PAIRING_REQUIRED",
      reason,
      requestId,
      deviceId,
      requestedRole: role,
      requestedScopes: scopes,
      approvedRoles: grants.map((grant) => grant.role),
      approvedScopes: grants.flatMap((grant) => grant.scopes),
      remediationHint: `An operator lets it in with "claw devices approve ${requestId}".`,
      recommendedNextStep: "wait_then_retry",
      retryable: true,
      pauseReconnect: false,
    },
    retryable: true,
    retryAfterMs: ASK_AGAIN_MS,
  };
}

export function tooManyWaiting(deviceId: string, reason: PairingReason): WireError {
  return {
    code: "NOT_PAIRED",
    message: "pairing required: too many devices wait for approval, this one comes later",
    details: { code: "PAIRING_REQUIRED", reason, deviceId, recommendedNextStep: "wait_then_retry", retryable: true },
    retryable: true,
    retryAfterMs: MANY_WAIT_MS,
  };
}

export function scopeMismatch(deviceId: string, requested: readonly string[], held: readonly string[]): WireError {
  return invalidRequest(
    "unauthorized: the device token does not cover the scopes asked for; ask for less, or rotate it",
    {
      code: "AUTH_SCOPE_MISMATCH",
      recommendedNextStep: "review_auth_configuration",
      deviceId,
      requestedScopes: requested,
      approvedScopes: held,
    },
  );
}

export function deviceRequired(clientMode: string, why: string): WireError {
  const code = clientMode === "ui" ? "CONTROL_UI_DEVICE_IDENTITY_REQUIRED" : "DEVICE_IDENTITY_REQUIRED";
  return {
    code: "NOT_PAIRED",
    message: `device identity required: ${why}`,
    details: { code, recommendedNextStep: "review_auth_configuration" },
  };
}

/** `canRetryWithDeviceToken`: the device holds one, and has not shown it. */
export function unauthorized(
  { code, message, retryAfterMs }: Extract<AuthResult, { readonly ok: false }>,
  canRetryWithDeviceToken = false,
): WireError {
  const waiting = retryAfterMs === undefined ? {} : { retryable: true, retryAfterMs };
  const recommendedNextStep =
    retryAfterMs !== undefined
      ? "wait_then_retry"
      : canRetryWithDeviceToken
        ? "retry_with_device_token"
        : "update_auth_credentials";
  const details = { code, recommendedNextStep, canRetryWithDeviceToken };
  return { code: "INVALID_REQUEST", message: `unauthorized: ${message}`, details, ...waiting };
}
