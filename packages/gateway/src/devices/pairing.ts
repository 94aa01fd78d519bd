import { createHash, randomBytes } from "node:crypto";
import { ClawError, type Clock, type DeviceRegistry, type KnownDevice, type Logger, type Principal } from "@claw/core";
import { type PairingReason, type Scope, satisfies, type WireError } from "@claw/protocol";
import type { AuthResult } from "../auth.ts";
import type { AuthLimiter } from "../auth-limiter.ts";
import { narrowed } from "../granted-scopes.ts";
import { networkOf } from "../network-of.ts";
import type { DeviceAudit } from "./device-audit.ts";
import type { ProvenDevice } from "./prove-device.ts";
import { pairingRequired, scopeMismatch, tooManyWaiting, unauthorized } from "./refusals.ts";
import type { TellPairing } from "./tell-pairing.ts";
import { pendingDevice } from "./wire-devices.ts";

/** What a proven device asks for. */
export interface DeviceVisit {
  readonly device: ProvenDevice;
  readonly role: Role;
  readonly scopes: readonly Scope[];
  readonly remoteAddress: string | undefined;
}

const ROLES = ["operator", "node"] as const;
export type Role = (typeof ROLES)[number];

export function isRole(name: string): name is Role {
  return ROLES.some((role) => role === name);
}

export interface IssuedToken {
  readonly token: string;
  readonly issuedAtMs: number;
}

type DeviceVerdict =
  | {
      readonly ok: true;
      readonly principal: Principal;
      /** Only a new one. */
      readonly deviceToken?: IssuedToken;
      /** Whether the credential that was shown still holds. */
      readonly stillHolds: () => Promise<boolean>;
    }
  | { readonly ok: false; readonly error: WireError };

export interface Pairing {
  /** A device that shows a token of its own. */
  byToken(visit: DeviceVisit, token: string): Promise<DeviceVerdict>;
  /** A device that shows nothing: it fetches the token of its approval, or waits for one. */
  byApproval(visit: DeviceVisit): Promise<DeviceVerdict>;
  /**
   * Pairs the device of a proved principal. `undefined` when nothing was proved, when it is somebody else's, or when it
   * can't be written down: none of that keeps the principal out.
   */
  bySecret(visit: DeviceVisit, principal: Principal): Promise<IssuedToken | undefined>;
  /** Whether the device could come back with a token of its own. */
  hasToken(visit: DeviceVisit): Promise<boolean>;
}

export interface PairingOptions {
  readonly registry: DeviceRegistry;
  readonly limitAuth: AuthLimiter;
  readonly tell: TellPairing;
  readonly decide: DeviceAudit;
  readonly clock: Clock;
  readonly log: Logger;
}

const MISMATCH: Extract<AuthResult, { readonly ok: false }> = {
  ok: false,
  code: "AUTH_DEVICE_TOKEN_MISMATCH",
  message:
    "device token mismatch. It was replaced, taken away or never this device's: connect without it to ask for approval, or with the gateway's own.",
};

/** How devices get in: by the gateway's secret, by their own token, or by somebody's approval; never by an address. */
export function createPairing({ registry, limitAuth, tell, decide, clock, log }: PairingOptions): Pairing {
  async function ask(visit: DeviceVisit, reason: PairingReason, known?: KnownDevice): Promise<DeviceVerdict> {
    const { device, role, scopes, remoteAddress } = visit;
    const askedAt = clock.now();
    const request = await registry.request({
      tenant: known?.principal.tenant ?? "local",
      device: device.id,
      ...device.profile,
      role,
      scopes,
      reason,
      network: remoteAddress === undefined ? "unknown" : networkOf(remoteAddress),
    });
    if (request === undefined) return { ok: false, error: tooManyWaiting(device.id, reason) };
    if (request.createdAt >= askedAt) tell("device.pair.requested", pendingDevice(request), request.owner);
    return { ok: false, error: pairingRequired(request, known) };
  }

  function admitted(
    { device, role, scopes }: DeviceVisit,
    { principal }: KnownDevice,
    hash: string,
  ): Extract<DeviceVerdict, { readonly ok: true }> {
    const credential = `device:${device.id}`;
    return {
      ok: true,
      principal:
        role === "node"
          ? { id: `node:${device.id}`, kind: "node", tenant: principal.tenant, scopes: ["node"], credential }
          : narrowed({ ...principal, scopes: [], credential }, scopes),
      stillHolds: async () => (await registry.checkToken(device.id, role, hash)) !== undefined,
    };
  }

  /** Why a device that proved itself for `held` is not let in for what it asks. */
  async function unfit(visit: DeviceVisit, known: KnownDevice, held: Held): Promise<DeviceVerdict | undefined> {
    const { device, role, scopes } = visit;
    const grant = known.grants.find((one) => one.role === role);
    if (grant === undefined || held.role !== role) return ask(visit, "role-upgrade", known);
    if (!looksAlike(device, known)) return ask(visit, "metadata-upgrade", known);
    if (!covers(grant.scopes, scopes)) return ask(visit, "scope-upgrade", known);
    if (!covers(held.scopes, scopes)) return { ok: false, error: scopeMismatch(device.id, scopes, held.scopes) };
    return undefined;
  }

  async function collect(visit: DeviceVisit, known: KnownDevice, offered: Held): Promise<DeviceVerdict> {
    const refused = await unfit(visit, known, offered);
    if (refused !== undefined) return refused;
    const issued = newToken(clock);
    const hash = sha256(issued.token);
    const collected = await registry.collectToken(visit.device.id, visit.role, hash);
    if (collected === undefined) return ask(visit, "not-paired", known);
    return { ...admitted(visit, known, hash), deviceToken: issued };
  }

  async function heldBy(known: KnownDevice, hash: string): Promise<Held | undefined> {
    for (const { role } of known.grants) {
      const scopes = await registry.checkToken(known.id, role, hash);
      if (scopes !== undefined) return { role, scopes };
    }
    return undefined;
  }

  return {
    async byToken(visit, token) {
      const { device, role, remoteAddress } = visit;
      const hash = sha256(token);
      const known = await registry.find(device.id);
      const offered = known && offerOf(known, role);
      let held: Held | undefined;
      const result = await limitAuth({ credential: "device-token", remoteAddress }, async () => {
        held = known && (await heldBy(known, hash));
        // Its key alone would fetch what is offered: the old token beside it is no guess.
        return known !== undefined && (held ?? offered) !== undefined
          ? { ok: true, principal: { ...known.principal, scopes: [], credential: "" } }
          : MISMATCH;
      });
      if (!result.ok) return { ok: false, error: unauthorized(result) };
      if (known === undefined) return { ok: false, error: unauthorized(MISMATCH) };
      if (held !== undefined) return (await unfit(visit, known, held)) ?? admitted(visit, known, hash);
      return offered === undefined ? { ok: false, error: unauthorized(MISMATCH) } : collect(visit, known, offered);
    },

    async byApproval(visit) {
      const known = await registry.find(visit.device.id);
      if (known === undefined) return ask(visit, "not-paired");
      const offered = offerOf(known, visit.role);
      if (offered !== undefined) return collect(visit, known, offered);
      const granted = known.grants.some(({ role }) => role === visit.role);
      return ask(visit, granted ? "not-paired" : "role-upgrade", known);
    },

    async bySecret({ device, role, scopes }, principal) {
      // Whoever reaches a gateway without a secret is its owner today; a token would make it so for ever.
      if (principal.credential === "none") return undefined;
      const issued = newToken(clock);
      const token = { hash: sha256(issued.token), scopes };
      const deviceId = device.id;
      const pair = async (): Promise<true> => {
        await registry.pair({ device: deviceId, profile: device.profile, role, principal, token });
        return true;
      };
      try {
        const grant = (await registry.find(deviceId))?.grants.find((one) => one.role === role);
        const isMore = grant === undefined || !covers(grant.scopes, scopes);
        if (isMore) await decide(principal, { method: "connect", deviceId, role, scopes }, { change: pair });
        else await pair();
        return issued;
      } catch (error) {
        const { code, message } = ClawError.from(error, "GATEWAY_FAILED");
        log.warn("a device was let in without being paired", { device: device.id, code, error: message });
        return undefined;
      }
    },

    async hasToken({ device, role }) {
      const known = await registry.find(device.id);
      return known?.grants.some((grant) => grant.role === role && grant.token !== undefined) ?? false;
    },
  };
}

export function newToken(clock: Clock): IssuedToken {
  return { token: randomBytes(32).toString("base64url"), issuedAtMs: clock.now().getTime() };
}

interface Held {
  readonly role: string;
  readonly scopes: readonly string[];
}

function offerOf({ grants }: KnownDevice, role: string): Held | undefined {
  const scopes = grants.find((grant) => grant.role === role)?.offered;
  return scopes && { role, scopes };
}

export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

export function covers(held: readonly string[], asked: readonly Scope[]): boolean {
  return asked.every((scope) => satisfies(held, scope));
}

/** Platform and family do not change between visits of one machine. */
function looksAlike({ profile }: ProvenDevice, { platform, deviceFamily }: KnownDevice): boolean {
  return profile.platform === platform && profile.deviceFamily === deviceFamily;
}
