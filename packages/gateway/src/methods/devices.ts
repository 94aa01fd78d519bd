import type { Device, DeviceRequest } from "@claw/core";
import { invalidRequest, isScope, type MethodName, missingScope, satisfies } from "@claw/protocol";
import type { Peer } from "../connection/peers.ts";
import { covers, newToken, sha256 } from "../devices/pairing.ts";
import { pairedDevice, pendingDevice } from "../devices/wire-devices.ts";
import { type Handlers, type MethodDeps, MethodError } from "./context.ts";

type DeviceMethod = Extract<MethodName, `device.${string}` | "gateway.identity.get">;

/** Devices as their owner handles them. What a device holds is closed off the moment it is taken away. */
export function deviceMethods({
  store,
  peers,
  clock,
  identity,
  tellPairing,
  decideDevice: decide,
  revoke,
}: MethodDeps): Pick<Handlers, DeviceMethod> {
  const shown = (device: Device) =>
    pairedDevice(
      device,
      [...peers].some((peer) => peer.device === device.id),
    );

  const resolve = ({ id, device, owner }: DeviceRequest, decision: "approved" | "rejected"): void => {
    const payload = { requestId: id, deviceId: device, decision, ts: clock.now().getTime() };
    tellPairing("device.pair.resolved", payload, owner);
  };

  const disconnect = (device: string, role: string | undefined, reason: string): void =>
    revoke((peer) => peer.device === device && (role === undefined || peer.role === role), reason);

  async function granted(peer: Peer, deviceId: string, role: string) {
    const device = (await store.as(peer.principal).devices.list()).find(({ id }) => id === deviceId);
    const grant = device?.grants.find((one) => one.role === role);
    if (device === undefined || grant === undefined) throw unknownDevice(deviceId, role);
    return grant;
  }

  return {
    async "device.pair.list"(_params, { principal }) {
      const { devices } = store.as(principal);
      const [requests, paired] = await Promise.all([devices.requests(), devices.list()]);
      return { pending: requests.map(pendingDevice), paired: paired.map(shown) };
    },

    async "device.pair.approve"({ requestId }, { peer, principal }) {
      const { devices } = store.as(principal);
      const asked = (await devices.requests()).find(({ id }) => id === requestId);
      if (asked === undefined) throw unknownRequest(requestId);
      const { device: deviceId, role, scopes } = asked;
      const device = await decide(
        principal,
        { method: "device.pair.approve", requestId, deviceId, role, scopes },
        { check: () => requireScopes(peer, role, scopes), change: () => devices.approve(requestId) },
      );
      if (device === undefined) throw unknownRequest(requestId);
      resolve(asked, "approved");
      return { requestId, device: shown(device) };
    },

    async "device.pair.reject"({ requestId }, { principal }) {
      const { devices } = store.as(principal);
      const asked = (await devices.requests()).find(({ id }) => id === requestId);
      if (asked === undefined) throw unknownRequest(requestId);
      const { device: deviceId, role, scopes } = asked;
      const decision = { method: "device.pair.reject", requestId, deviceId, role, scopes };
      const rejected = await decide(principal, decision, { change: () => devices.reject(requestId) });
      if (rejected === undefined) throw unknownRequest(requestId);
      resolve(asked, "rejected");
      return { requestId, deviceId };
    },

    async "device.pair.remove"({ deviceId }, { peer, principal, afterwards }) {
      const { devices } = store.as(principal);
      const device = (await devices.list()).find(({ id }) => id === deviceId);
      if (device === undefined) throw unknownDevice(deviceId);
      const removed = await decide(
        principal,
        { method: "device.pair.remove", deviceId },
        { check: () => requireReach(peer, deviceId), change: () => devices.remove(deviceId) },
      );
      if (removed === undefined) throw unknownDevice(deviceId);
      afterwards(() => disconnect(deviceId, undefined, "device removed"));
      return { deviceId };
    },

    async "device.pair.rename"({ deviceId, label }, { peer, principal }) {
      const device = await decide(
        principal,
        { method: "device.pair.rename", deviceId },
        {
          check: () => requireReach(peer, deviceId),
          change: () => store.as(principal).devices.rename(deviceId, label),
        },
      );
      if (device === undefined) throw unknownDevice(deviceId);
      return { deviceId, label };
    },

    async "device.token.rotate"({ deviceId, role, scopes: asked }, { peer, principal, afterwards }) {
      const grant = await granted(peer, deviceId, role);
      const scopes = asked ?? grant.token?.scopes ?? grant.offered ?? grant.scopes;
      const known = scopes.filter(isScope);
      if (known.length < scopes.length || !covers(grant.scopes, known)) {
        throw new MethodError(invalidRequest("the scopes are not within what was approved for this device"));
      }
      const { devices } = store.as(principal);
      const result = { deviceId, role, scopes, rotatedAtMs: clock.now().getTime() };
      const isItself = principal.credential === `device:${deviceId}`;
      const { token } = newToken(clock);
      const replaced = await decide(
        principal,
        { method: "device.token.rotate", deviceId, role, scopes },
        {
          check() {
            requireReach(peer, deviceId);
            requireScopes(peer, role, scopes);
          },
          change: () =>
            isItself
              ? devices.replaceToken(deviceId, role, { hash: sha256(token), scopes })
              : devices.offerToken(deviceId, role, scopes),
        },
      );
      if (replaced === undefined) throw unknownDevice(deviceId, role);
      afterwards(() => disconnect(deviceId, role, "device token rotated"));
      return isItself
        ? { ...result, tokenDelivery: "in-band", token }
        : { ...result, tokenDelivery: "withheld-cross-device" };
    },

    async "device.token.revoke"({ deviceId, role }, { peer, principal, afterwards }) {
      const { token, scopes } = await granted(peer, deviceId, role);
      const revoked = await decide(
        principal,
        { method: "device.token.revoke", deviceId, role },
        {
          check() {
            requireReach(peer, deviceId);
            if (peer.device !== deviceId) requireScopes(peer, role, token?.scopes ?? scopes);
          },
          change: () => store.as(principal).devices.revokeToken(deviceId, role),
        },
      );
      if (revoked === undefined) throw unknownDevice(deviceId, role);
      afterwards(() => disconnect(deviceId, role, "device token revoked"));
      return { deviceId, role, revokedAtMs: clock.now().getTime() };
    },

    "gateway.identity.get": identity && (async () => identity),
  };
}

/** A device with a token of its own stands for itself, not for its owner's other devices. */
function requireReach({ principal, device, scopes }: Peer, deviceId: string): void {
  const standsForItself = principal.credential.startsWith("device:") && !satisfies(scopes, "operator.admin");
  if (standsForItself && device !== deviceId) throw new MethodError(missingScope("operator.admin"));
}

/** Nobody hands out, or takes away, more than they hold; any role but operator is an admin's to give. */
function requireScopes(peer: Peer, role: string, scopes: readonly string[]): void {
  const needed = role === "operator" ? scopes.filter(isScope) : (["operator.admin"] as const);
  const missing = needed.find((scope) => !satisfies(peer.scopes, scope));
  if (missing !== undefined) throw new MethodError(missingScope(missing));
}

function unknownRequest(requestId: string): MethodError {
  const message = `no device waits under ${requestId}: it was answered, or its five minutes are over`;
  return new MethodError(invalidRequest(message, { code: "DEVICE_REQUEST_NOT_FOUND" }));
}

function unknownDevice(deviceId: string, role?: string): MethodError {
  const message = `there is no device ${deviceId}${role === undefined ? "" : ` with the role ${role}`}`;
  return new MethodError(invalidRequest(message, { code: "DEVICE_NOT_FOUND" }));
}
