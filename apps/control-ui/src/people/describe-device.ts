import type { PairedDevice, PendingDevice } from "@claw/protocol";

/** What people know a device by. */
export function deviceName(device: PendingDevice | PairedDevice): string {
  const label = "operatorLabel" in device ? device.operatorLabel : undefined;
  return label ?? device.displayName ?? device.clientId ?? "A device";
}

/** The id's beginning is enough to tell two of one name apart. */
export function deviceFacts({ platform, clientId, deviceId }: PendingDevice | PairedDevice): string {
  return [platform, clientId, deviceId.slice(0, 8)].filter((fact) => fact !== undefined && fact !== "").join(" · ");
}

/** `operator.write` as people read it. */
export function scopeNames(scopes: readonly string[]): string {
  const names = scopes.map((scope) => scope.replace(/^operator\./, ""));
  return names.length === 0 ? "nothing" : names.join(", ");
}

export const REASONS: Readonly<Record<PendingDevice["reason"], string>> = {
  "not-paired": "asks to be let in",
  "role-upgrade": "asks for another role",
  "scope-upgrade": "asks for more",
  "metadata-upgrade": "looks different than before",
};
