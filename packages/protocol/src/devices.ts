import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";
import { identifier } from "./params.ts";

const requestParams = z.strictObject({ requestId: identifier });
const deviceParams = z.strictObject({ deviceId: identifier });
const roleParams = z.strictObject({ deviceId: identifier, role: identifier });

/** What a device says of itself. */
interface DeviceDescription {
  readonly deviceId: string;
  /** Ed25519, 32 raw bytes as base64url. */
  readonly publicKey: string;
  readonly displayName?: string;
  readonly platform?: string;
  readonly deviceFamily?: string;
  readonly clientId?: string;
  readonly clientMode?: string;
}

/** A device that waits for an operator. */
export interface PendingDevice extends DeviceDescription {
  readonly requestId: string;
  readonly role: string;
  readonly roles: readonly string[];
  readonly scopes: readonly string[];
  readonly reason: PairingReason;
  /** The network it asks from. */
  readonly remoteIp: string;
  /** It is paired already and asks for more. */
  readonly isRepair: boolean;
  /** Unix milliseconds, as is every instant here. */
  readonly ts: number;
  readonly expiresAtMs: number;
}

export type PairingReason = "not-paired" | "role-upgrade" | "scope-upgrade" | "metadata-upgrade";

export interface PairedDevice extends DeviceDescription {
  /** What its owner calls it. */
  readonly operatorLabel?: string;
  /** Principal id of its owner: Claw's own. */
  readonly owner: string;
  /** Of its first grant. */
  readonly role: string;
  readonly roles: readonly string[];
  /** The most it may hold, over all its roles. */
  readonly scopes: readonly string[];
  readonly approvedVia: "secret" | "approval";
  readonly createdAtMs: number;
  readonly approvedAtMs: number;
  readonly lastSeenAtMs: number;
  readonly connected: boolean;
  /** Never their values. */
  readonly tokens: readonly {
    readonly role: string;
    readonly scopes: readonly string[];
    readonly createdAtMs: number;
  }[];
}

export interface DevicePairList {
  readonly pending: readonly PendingDevice[];
  readonly paired: readonly PairedDevice[];
}

export interface DevicePairApproved {
  readonly requestId: string;
  readonly device: PairedDevice;
}

export interface DevicePairRejected {
  readonly requestId: string;
  readonly deviceId: string;
}

export interface DevicePairRemoved {
  readonly deviceId: string;
}

export interface DevicePairRenamed {
  readonly deviceId: string;
  readonly label: string;
}

export interface DeviceTokenRotated {
  readonly deviceId: string;
  readonly role: string;
  readonly scopes: readonly string[];
  readonly rotatedAtMs: number;
  readonly tokenDelivery: "in-band" | "withheld-cross-device";
  /** For the device itself alone; any other fetches it by showing the gateway's secret or asking anew. */
  readonly token?: string;
}

export interface DeviceTokenRevoked {
  readonly deviceId: string;
  readonly role: string;
  readonly revokedAtMs: number;
}

export interface GatewayIdentity {
  /** SHA-256 of the raw public key, in lower-case hex. */
  readonly deviceId: string;
  /** Ed25519, 32 raw bytes as base64url. */
  readonly publicKey: string;
}

/** A device asks to be let in, or for more. */
export type DevicePairRequestedEvent = PendingDevice;

export interface DevicePairResolvedEvent {
  readonly requestId: string;
  readonly deviceId: string;
  readonly decision: "approved" | "rejected";
  readonly ts: number;
}

export interface DevicesResults {
  readonly "device.pair.list": DevicePairList;
  readonly "device.pair.approve": DevicePairApproved;
  readonly "device.pair.reject": DevicePairRejected;
  readonly "device.pair.remove": DevicePairRemoved;
  readonly "device.pair.rename": DevicePairRenamed;
  readonly "device.token.rotate": DeviceTokenRotated;
  readonly "device.token.revoke": DeviceTokenRevoked;
  readonly "gateway.identity.get": GatewayIdentity;
}

const scope = "operator.pairing";

export const devicesMethods = {
  "device.pair.list": {
    summary: "Paired devices and those that wait, as far as the caller may see them.",
    params: z.strictObject({}),
    scope,
    example: {},
  },
  "device.pair.approve": {
    summary: "Lets a waiting device in for what it asks, which must be within the caller's own scopes.",
    params: requestParams,
    scope,
    example: { requestId: "r" },
  },
  "device.pair.reject": {
    summary: "Turns a waiting device away.",
    params: requestParams,
    scope,
    example: { requestId: "r" },
  },
  "device.pair.remove": {
    summary: "Forgets a device; its tokens hold no more and its connections close.",
    params: deviceParams,
    scope,
    example: { deviceId: "d" },
  },
  "device.pair.rename": {
    summary: "Gives a device a name of the owner's choice.",
    params: z.strictObject({ deviceId: identifier, label: z.string().trim().min(1).max(64) }),
    scope,
    example: { deviceId: "d", label: "Kitchen" },
  },
  "device.token.rotate": {
    summary:
      "Puts a new token in place of a device's, with the same scopes or those given, and closes its connections.",
    params: roleParams.extend({ scopes: z.array(identifier).max(64).optional() }),
    scope,
    example: { deviceId: "d", role: "operator" },
  },
  "device.token.revoke": {
    summary: "Takes a device's token away and closes its connections.",
    params: roleParams,
    scope,
    example: { deviceId: "d", role: "operator" },
  },
  "gateway.identity.get": {
    summary: "The gateway's own public key, by which a client knows it again.",
    params: z.strictObject({}),
    scope: "operator.read",
    example: {},
  },
} as const satisfies MethodSpecs<DevicesResults>;
