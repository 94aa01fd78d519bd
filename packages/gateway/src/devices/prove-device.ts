import { createHash, createPublicKey, verify } from "node:crypto";
import type { DeviceProfile } from "@claw/core";
import {
  type ConnectErrorCode,
  type ConnectParams,
  DEVICE_SIGNATURE_SKEW_MS,
  deviceAuthPayload,
  invalidRequest,
  pinnedName,
  type WireError,
} from "@claw/protocol";

/** A device that has signed the nonce of this very connection. */
export interface ProvenDevice {
  readonly id: string;
  readonly profile: DeviceProfile;
}

export type DeviceProof =
  | { readonly ok: true; readonly device: ProvenDevice }
  | { readonly ok: false; readonly error: WireError };

export interface Challenge {
  readonly nonce: string;
  readonly now: Date;
}

const KEY_BYTES = 32;

/** Checks what a client says of its device. Costs one signature check at most, and only of a key that fits its id. */
export function proveDevice(
  device: NonNullable<ConnectParams["device"]>,
  { client, auth, role = "operator", scopes = [] }: ConnectParams,
  challenge: Challenge,
): DeviceProof {
  const { id, publicKey, signature, signedAt, nonce = "" } = device;
  const key = decoded(publicKey);
  if (key?.length !== KEY_BYTES) return refused("PUBLIC_KEY_INVALID", "device-public-key", "device public key invalid");
  if (createHash("sha256").update(key).digest("hex") !== id) {
    return refused("DEVICE_ID_MISMATCH", "device-id-mismatch", "device identity mismatch");
  }
  if (nonce.trim() === "") return refused("NONCE_REQUIRED", "device-nonce-missing", "device nonce required");
  if (nonce !== challenge.nonce) return refused("NONCE_MISMATCH", "device-nonce-mismatch", "device nonce mismatch");
  if (Math.abs(challenge.now.getTime() - signedAt) > DEVICE_SIGNATURE_SKEW_MS) {
    return refused("SIGNATURE_EXPIRED", "device-signature-stale", "device signature expired");
  }
  const { platform, deviceFamily } = client;
  const fields = {
    deviceId: id,
    clientId: client.id,
    clientMode: client.mode,
    role,
    scopes,
    signedAt,
    token: auth?.token ?? auth?.deviceToken ?? auth?.bootstrapToken,
    nonce,
    platform,
    deviceFamily,
  };
  const signed = (["v3", "v2"] as const).some((version) =>
    isSigned(deviceAuthPayload(version, fields), publicKey, signature),
  );
  if (!signed) return refused("SIGNATURE_INVALID", "device-signature", "device signature invalid");
  const profile: DeviceProfile = {
    publicKey,
    clientId: client.id,
    clientMode: client.mode,
    ...(client.displayName === undefined ? {} : { displayName: client.displayName }),
    ...(pinnedName(platform) === "" ? {} : { platform: pinnedName(platform) }),
    ...(pinnedName(deviceFamily) === "" ? {} : { deviceFamily: pinnedName(deviceFamily) }),
  };
  return { ok: true, device: { id, profile } };
}

function isSigned(payload: string, publicKey: string, signature: string): boolean {
  const bytes = decoded(signature);
  if (bytes === undefined) return false;
  try {
    const key = createPublicKey({ key: { kty: "OKP", crv: "Ed25519", x: publicKey }, format: "jwk" });
    return verify(null, Buffer.from(payload), key, bytes);
  } catch {
    // Thirty-two bytes that are no point of the curve.
    return false;
  }
}

/** Base64url in its one canonical form, so that no two texts name the same key. */
function decoded(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64url");
  return bytes.toString("base64url") === text ? bytes : undefined;
}

type DeviceAuthCode = ConnectErrorCode extends infer Code
  ? Code extends `DEVICE_AUTH_${infer Rest}`
    ? Rest
    : never
  : never;

function refused(code: DeviceAuthCode, reason: string, message: string): DeviceProof {
  return { ok: false, error: invalidRequest(message, { code: `DEVICE_AUTH_${code}`, reason }) };
}
