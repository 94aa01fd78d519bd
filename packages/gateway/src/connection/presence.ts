import type { Principal } from "@claw/core";
import type { Presence } from "@claw/protocol";
import { maySee, type Peer } from "./peers.ts";

/** Whoever comes in is told of so many others; were it all of them, a crowd would cost the square of its number. */
const MAX_LISTED = 100;

/** The connected clients that a principal may know of: the newest 100, in the order they came. */
export function presenceOf(peers: ReadonlySet<Peer>, viewer: Principal, now: Date): readonly Presence[] {
  return newestVisible(peers, viewer)
    .toReversed()
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

function newestVisible(peers: ReadonlySet<Peer>, viewer: Principal): readonly Peer[] {
  const visible: Peer[] = [];
  for (const peer of [...peers].reverse()) {
    if (visible.length === MAX_LISTED) break;
    const { principal } = peer;
    if (principal.tenant === viewer.tenant && maySee(viewer, principal.id)) visible.push(peer);
  }
  return visible;
}
