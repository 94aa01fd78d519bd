import type { DeviceStorage } from "@claw/client";
import { isScope, type Scope } from "@claw/protocol";

type Place = Pick<Storage, "getItem" | "setItem" | "removeItem">;

/** Somebody who signed in with a password in this browser and has not signed out. */
export interface SignedIn {
  readonly user: string;
  /** What they were given, which is all that their device may ask for. */
  readonly scopes: readonly Scope[];
}

const SIGNED_IN = "claw.signed-in";
const keyOf = (user: string): string => `claw.device.${user}`;

/** The device that this browser is to a user: its key, and the token that came in place of the password. */
export function deviceOf(storage: Place, user: string): DeviceStorage {
  return {
    load: async () => JSON.parse(storage.getItem(keyOf(user)) ?? "null") ?? undefined,
    save: async (device) => storage.setItem(keyOf(user), JSON.stringify(device)),
  };
}

export function readSignedIn(storage: Place): SignedIn | undefined {
  try {
    const { user, scopes } = JSON.parse(storage.getItem(SIGNED_IN) ?? "{}");
    return typeof user === "string" && Array.isArray(scopes) ? { user, scopes: scopes.filter(isScope) } : undefined;
  } catch {
    return undefined;
  }
}

export function keepSignedIn(storage: Place, signedIn: SignedIn): void {
  storage.setItem(SIGNED_IN, JSON.stringify(signedIn));
}

/** Forgets who is signed in, with the token. The key stays: the same browser is the same device the next time. */
export async function forgetSignedIn(storage: Place): Promise<void> {
  const { user } = readSignedIn(storage) ?? {};
  storage.removeItem(SIGNED_IN);
  if (user === undefined) return;
  const device = deviceOf(storage, user);
  const stored = await device.load().catch(() => undefined);
  if (stored !== undefined) await device.save({ privateKey: stored.privateKey });
}
