import type { ConnectChallenge, ConnectParams } from "@claw/protocol";
import { deviceAuthPayload } from "@claw/protocol";
import { GatewayError } from "./gateway-error.ts";

/** An Ed25519 key as JSON Web Key. Whoever has it is this device. */
export interface DeviceKey {
  readonly kty: "OKP";
  readonly crv: "Ed25519";
  /** Public. */
  readonly x: string;
  /** Private. */
  readonly d: string;
}

/** What a device keeps between its visits; plain JSON. */
export interface StoredDevice {
  readonly privateKey: DeviceKey;
  /** Given by the gateway at pairing; worth nothing without the key. */
  readonly token?: string;
}

/** Where a device's key and token are kept, for one gateway: a file only its owner can read, IndexedDB, a keychain. */
export interface DeviceStorage {
  /** `undefined` the first time. */
  load(): Promise<StoredDevice | undefined>;
  /** All of it, in place of what was there. */
  save(device: StoredDevice): Promise<void>;
}

/** A device that can sign. */
export interface Device {
  readonly id: string;
  readonly token: string | undefined;
  /** What proves the device in this very `connect`. */
  prove(params: ConnectParams, challenge: ConnectChallenge): Promise<NonNullable<ConnectParams["device"]>>;
  /** Keeps another token, or none. A storage that fails costs no connection: the token holds in memory. */
  keep(token: string | undefined): void;
}

const ALGORITHM = "Ed25519";

/** Loads the device, or makes it with a new key. Rejects with `CLIENT_NO_DEVICE` where that can't be. */
export async function openDevice(storage: DeviceStorage): Promise<Device> {
  const { subtle } = globalThis.crypto ?? {};
  // Pages from elsewhere than https: or localhost have no WebCrypto.
  if (subtle === undefined) throw noDevice("there is no WebCrypto: open the page over https: or from localhost");
  try {
    const stored = (await storage.load()) ?? (await newDevice(storage));
    return await deviceOf(stored, storage);
  } catch (cause) {
    throw noDevice("its key can't be read or made", cause);
  }
}

async function newDevice(storage: DeviceStorage): Promise<StoredDevice> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
  const privateKey = "privateKey" in keys ? keys.privateKey : keys;
  const { x = "", d = "" } = await crypto.subtle.exportKey("jwk", privateKey);
  const device: StoredDevice = { privateKey: { kty: "OKP", crv: ALGORITHM, x, d } };
  await storage.save(device);
  return device;
}

async function deviceOf({ privateKey, token: first }: StoredDevice, storage: DeviceStorage): Promise<Device> {
  const publicKey = privateKey.x;
  const key = await crypto.subtle.importKey("jwk", privateKey, ALGORITHM, false, ["sign"]);
  const hash = await crypto.subtle.digest("SHA-256", fromBase64Url(publicKey));
  const id = [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  let token = first;
  return {
    id,
    get token() {
      return token;
    },
    async prove({ client, role = "operator", scopes = [], auth }, { nonce, ts }) {
      const payload = deviceAuthPayload("v3", {
        deviceId: id,
        clientId: client.id,
        clientMode: client.mode,
        role,
        scopes,
        signedAt: ts,
        token: auth?.token ?? auth?.deviceToken,
        nonce,
        platform: client.platform,
        deviceFamily: client.deviceFamily,
      });
      const signature = await crypto.subtle.sign(ALGORITHM, key, new TextEncoder().encode(payload));
      return { id, publicKey, signature: toBase64Url(new Uint8Array(signature)), signedAt: ts, nonce };
    },
    keep(next) {
      if (next === token) return;
      token = next;
      storage.save({ privateKey, ...(next !== undefined && { token: next }) }).catch(() => {});
    },
  };
}

function fromBase64Url(text: string): Uint8Array<ArrayBuffer> {
  const bytes = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(bytes, (byte) => byte.charCodeAt(0));
}

function toBase64Url(bytes: Uint8Array): string {
  const text = btoa(String.fromCharCode(...bytes));
  return text.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function noDevice(reason: string, cause?: unknown): GatewayError {
  return new GatewayError("CLIENT_NO_DEVICE", `this device can't prove itself: ${reason}`, { cause });
}
