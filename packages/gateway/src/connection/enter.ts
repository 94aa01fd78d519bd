import { randomUUID } from "node:crypto";
import type { Clock } from "@claw/core";
import type { ConnectChallenge, HelloOk, RequestFrame } from "@claw/protocol";
import type { Caller } from "../auth.ts";
import type { Connection } from "../options.ts";
import { type Admission, type AdmitOptions, admit } from "./handshake.ts";
import { createPeer, type Peer } from "./peers.ts";
import { revokePeers } from "./revoke.ts";
import { closeConnection, respond, respondError } from "./wire.ts";

export interface EnterOptions extends AdmitOptions {
  readonly peers: Set<Peer>;
  /** The answer to `connect`. */
  readonly hello: (peer: Peer, admission: Admission) => Promise<HelloOk>;
  readonly clock: Clock;
}

/** Answers `connect`. Resolves with the peer that is served from now on, or `undefined` after a refusal. */
export async function enter(
  connection: Connection,
  caller: Caller,
  { nonce }: ConnectChallenge,
  frame: RequestFrame,
  options: EnterOptions,
): Promise<Peer | undefined> {
  const { peers, clock } = options;
  const result = await admit(frame, caller, { nonce, now: clock.now() }, options);
  if (!result.ok) {
    respondError(connection, frame.id, result.error);
    closeConnection(connection, result.closeCode, result.error.message);
    return undefined;
  }
  const { admission } = result;
  const { principal, role, device, scopes, params } = admission;
  const peer = createPeer({
    id: randomUUID(),
    principal,
    role,
    device: device?.id,
    scopes,
    caps: new Set(params.caps),
    client: params.client,
    connectedAt: clock.now(),
    connection,
  });
  const hello = await options.hello(peer, admission);
  // First known, then asked again: a credential taken away in between is found by one or the other.
  peers.add(peer);
  if (!(await admission.stillHolds())) {
    revokePeers(peers, (one) => one === peer, "the credential was taken away");
  }
  if (!peers.has(peer)) return undefined;
  connection.authenticated();
  respond(connection, frame.id, hello);
  peer.greeted = true;
  return peer;
}
