import type { Device, DeviceProfile, DeviceRequest } from "@claw/core";
import type { PairedDevice, PendingDevice } from "@claw/protocol";

export function pendingDevice(request: DeviceRequest): PendingDevice {
  const { id: requestId, device: deviceId, role, scopes, reason, network, createdAt, expiresAt } = request;
  return {
    requestId,
    deviceId,
    ...described(request),
    role,
    roles: [role],
    scopes,
    reason,
    remoteIp: network,
    isRepair: reason !== "not-paired",
    ts: createdAt.getTime(),
    expiresAtMs: expiresAt.getTime(),
  };
}

export function pairedDevice(device: Device, connected: boolean): PairedDevice {
  const { id: deviceId, owner, label, via, createdAt, lastSeenAt, grants } = device;
  return {
    deviceId,
    ...described(device),
    ...(label === undefined ? {} : { operatorLabel: label }),
    owner,
    role: grants[0]?.role ?? "operator",
    roles: grants.map(({ role }) => role),
    scopes: [...new Set(grants.flatMap(({ scopes }) => scopes))],
    approvedVia: via,
    createdAtMs: createdAt.getTime(),
    approvedAtMs: Math.max(...grants.map(({ approvedAt }) => approvedAt.getTime()), createdAt.getTime()),
    lastSeenAtMs: lastSeenAt.getTime(),
    connected,
    tokens: grants.flatMap(({ role, token }) =>
      token === undefined ? [] : [{ role, scopes: token.scopes, createdAtMs: token.issuedAt.getTime() }],
    ),
  };
}

function described({ publicKey, displayName, platform, deviceFamily, clientId, clientMode }: DeviceProfile) {
  return {
    publicKey,
    ...(displayName === undefined ? {} : { displayName }),
    ...(platform === undefined ? {} : { platform }),
    ...(deviceFamily === undefined ? {} : { deviceFamily }),
    clientId,
    clientMode,
  };
}
