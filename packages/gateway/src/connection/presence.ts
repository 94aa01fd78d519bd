import type { Principal } from "@claw/core";
import type { Presence } from "@claw/protocol";
import { maySee, type Peer } from "./peers.ts";

/** The connected clients that a principal may know of, in the order they came. */
export function presenceOf(peers: ReadonlySet<Peer>, viewer: Principal, now: Date): readonly Presence[] {
  return [...peers]
    .filter(({ principal }) => principal.tenant === viewer.tenant && maySee(viewer, principal.id))
    .map(({ client, connectedAt, role, device, scopes }) => ({
      ts: now.getTime(),
      onlineSince: connectedAt.getTime(),
      clientId: client.id,
      version: client.version,
      platform: client.platform,
      mode: client.mode,
      ...(client.displayName === undefined ? {} : { host: client.displayName }),
      ...(client.instanceId === undefined ? {} : { instanceId: client.instanceId }),
      ...(device === undefined ? {} : { deviceId: device }),
      roles: [role],
      scopes,
    }));
}
