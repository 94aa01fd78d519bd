/** What a device signs at `connect`: everything that a signature must not be taken away from. */
export interface DeviceAuthFields {
  readonly deviceId: string;
  readonly clientId: string;
  readonly clientMode: string;
  readonly role: string;
  readonly scopes: readonly string[];
  /** The challenge's `ts`. */
  readonly signedAt: number;
  /** The first of `auth.token`, `auth.deviceToken` and `auth.bootstrapToken` that is sent. */
  readonly token: string | undefined;
  readonly nonce: string;
  readonly platform: string | undefined;
  readonly deviceFamily: string | undefined;
}

/** The UTF-8 text to sign. Version 2 leaves platform and family out. */
export function deviceAuthPayload(version: "v2" | "v3", fields: DeviceAuthFields): string {
  const { deviceId, clientId, clientMode, role, scopes, signedAt, token, nonce, platform, deviceFamily } = fields;
  const parts = [version, deviceId, clientId, clientMode, role, scopes.join(","), signedAt, token ?? "", nonce];
  if (version === "v3") parts.push(pinnedName(platform), pinnedName(deviceFamily));
  return parts.join("|");
}

/** Platform and family as they are signed and compared: trimmed, ASCII letters in lower case. */
export function pinnedName(name: string | undefined): string {
  return (name ?? "").trim().replace(/[A-Z]/g, (letter) => letter.toLowerCase());
}
