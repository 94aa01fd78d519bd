import type { Principal } from "./principal.ts";

/** A device as it describes itself. */
export interface DeviceProfile {
  /** Ed25519, 32 raw bytes as base64url. */
  readonly publicKey: string;
  readonly clientId: string;
  readonly clientMode: string;
  readonly displayName?: string;
  /** Lower case; pinned once paired, like the family. */
  readonly platform?: string;
  readonly deviceFamily?: string;
}

/** What a device was let in for. */
export interface DeviceGrant {
  readonly role: string;
  /** The most it may ever hold, by their names on the wire. */
  readonly scopes: readonly string[];
  readonly approvedAt: Date;
  /** The newest token's; absent once revoked, and until the device has fetched its first. */
  readonly token?: { readonly scopes: readonly string[]; readonly issuedAt: Date };
  /** Scopes of a token that waits for the device to fetch it. */
  readonly offered?: readonly string[];
}

/** A paired device. */
export interface Device extends DeviceProfile {
  /** SHA-256 of the raw public key, in lower-case hex. */
  readonly id: string;
  /** Principal id of who paired it. */
  readonly owner: string;
  /** What its owner calls it. */
  readonly label?: string;
  /** By showing the gateway's secret, or by somebody's approval. */
  readonly via: "secret" | "approval";
  readonly createdAt: Date;
  readonly lastSeenAt: Date;
  readonly grants: readonly DeviceGrant[];
}

/** A device that waits to be let in, or to be allowed more. */
export interface DeviceRequest extends DeviceProfile {
  readonly id: string;
  readonly device: string;
  /** Of the device, once it has one. */
  readonly owner?: string;
  readonly role: string;
  readonly scopes: readonly string[];
  readonly reason: "not-paired" | "role-upgrade" | "scope-upgrade" | "metadata-upgrade";
  /** The network it came from. */
  readonly network: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
}

/** A token as it is kept: the token itself never reaches a store. */
export interface DeviceToken {
  /** SHA-256 in hex. */
  readonly hash: string;
  readonly scopes: readonly string[];
}

/**
 * The devices of one principal, or of the whole tenant for an admin, and the requests of those and of strangers. Without
 * the pairing scope there are none. Who may grant which scopes is for the caller to check.
 */
export interface OwnDevices {
  /** Last seen first. */
  list(): Promise<readonly Device[]>;
  /** Oldest first, without those that have expired. */
  requests(): Promise<readonly DeviceRequest[]>;
  /**
   * Grants what was asked: its token holds for more, or it fetches its first at its next visit. A stranger's device
   * becomes the principal's, or rejects with `STORE_FULL` when they have 256. `undefined` when nothing by that id waits, here and below.
   */
  approve(request: string): Promise<Device | undefined>;
  reject(request: string): Promise<DeviceRequest | undefined>;
  rename(device: string, label: string): Promise<Device | undefined>;
  /** With its tokens and requests. */
  remove(device: string): Promise<Device | undefined>;
  /** Puts one token in place of all of the role's. `undefined` as well when the role was never granted, here and below. */
  replaceToken(device: string, role: string, token: DeviceToken): Promise<Device | undefined>;
  /** Puts one in their place that the device fetches at its next visit. */
  offerToken(device: string, role: string, scopes: readonly string[]): Promise<Device | undefined>;
  /** Takes them all away; only a new approval or the gateway's secret brings another. */
  revokeToken(device: string, role: string): Promise<Device | undefined>;
}

/** A paired device with the principal that it acts for. */
export interface KnownDevice extends Device {
  readonly principal: Pick<Principal, "id" | "kind" | "tenant">;
}

export type NewDeviceRequest = Omit<DeviceRequest, "id" | "owner" | "createdAt" | "expiresAt"> & {
  /** Of whom it asks, when nobody owns the device yet. */
  readonly tenant: string;
};

export interface Pairing {
  readonly device: string;
  readonly profile: DeviceProfile;
  readonly role: string;
  readonly principal: Principal;
  readonly token: DeviceToken;
}

/** The gateway's own hand while it does not know yet who connects; never given to a feature or an adapter. */
export interface DeviceRegistry {
  find(device: string): Promise<KnownDevice | undefined>;
  /** The scopes of a token that holds now, and notes that the device was seen. */
  checkToken(device: string, role: string, hash: string): Promise<readonly string[] | undefined>;
  /**
   * Pairs a device whose principal is proved: its grant grows by the token's scopes, and the token holds for all of it;
   * its profile is renewed, its requests are gone. The role's newest two tokens hold. Rejects with `STORE_FORBIDDEN` when it is somebody else's, with `STORE_FULL` when its principal has 256 others.
   */
  pair(pairing: Pairing): Promise<void>;
  /** Hands over a token that is offered, once. */
  collectToken(device: string, role: string, hash: string): Promise<readonly string[] | undefined>;
  /**
   * Remembers a request for 5 minutes: one of each device, the newest. The same one again is answered with the one that
   * waits. `undefined` when 16 of its network wait, or 64 in all.
   */
  request(asked: NewDeviceRequest): Promise<DeviceRequest | undefined>;
}
