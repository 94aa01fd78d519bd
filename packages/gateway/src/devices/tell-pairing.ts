import type { DevicePairRequestedEvent, DevicePairResolvedEvent } from "@claw/protocol";
import { maySee, type Peer } from "../connection/peers.ts";

interface PairingEvents {
  readonly "device.pair.requested": DevicePairRequestedEvent;
  readonly "device.pair.resolved": DevicePairResolvedEvent;
}

/** Tells those who may decide; while nobody owns the device that is anybody with the pairing scope. */
export type TellPairing = <Name extends keyof PairingEvents>(
  event: Name,
  payload: PairingEvents[Name],
  owner: string | undefined,
) => void;

export function createTellPairing(peers: ReadonlySet<Peer>): TellPairing {
  return (event, payload, owner) => {
    const json = JSON.stringify(payload);
    for (const peer of peers) {
      if (owner === undefined || maySee(peer.principal, owner)) peer.sendEvent(event, json);
    }
  };
}
