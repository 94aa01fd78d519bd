import type { Principal } from "@claw/core";
import { type ClientInfo, mayReceive } from "@claw/protocol";
import type { Role } from "../devices/pairing.ts";
import type { Connection } from "../options.ts";
import { sendText } from "./wire.ts";

/** An admitted client. */
export interface Peer {
  readonly id: string;
  readonly principal: Principal;
  readonly role: Role;
  /** Id of the device that signed its nonce. */
  readonly device: string | undefined;
  /** Protocol scopes, as granted. */
  readonly scopes: readonly string[];
  readonly caps: ReadonlySet<string>;
  /** As it describes itself. */
  readonly client: ClientInfo;
  readonly connectedAt: Date;
  /** Wants `sessions.changed`. */
  followsSessions: boolean;
  /** Sessions whose messages it wants as they become durable, by key. */
  readonly follows: Map<string, MessageFollow>;
  readonly connection: Connection;
  /** It has its hello; before that it gets no event. */
  greeted: boolean;
  /** `payload` is JSON already: it is the same for every peer. Drops it when `droppable` and the peer is slow. */
  sendEvent(event: string, payload: string, droppable?: boolean): void;
}

/** How far a client has been told of a session's messages. */
export interface MessageFollow {
  /** Sequence of the last one told. */
  after: number;
  /** One read at a time keeps them in order. */
  reading: Promise<void>;
}

/** Above this a slow client loses what it can refetch. */
const DROP_ABOVE_BYTES = 1_048_576;

export type PeerOptions = Pick<
  Peer,
  "id" | "principal" | "role" | "device" | "scopes" | "caps" | "client" | "connectedAt" | "connection"
>;

export function createPeer(options: PeerOptions): Peer {
  const { connection, scopes } = options;
  let sequence = 0;
  const peer: Peer = {
    ...options,
    greeted: false,
    followsSessions: false,
    follows: new Map(),
    sendEvent(event, payload, droppable = false) {
      if (!peer.greeted || !mayReceive(scopes, event)) return;
      // A dropped event leaves a gap in the numbers, which tells the client to read the history again.
      sequence += 1;
      if (droppable && connection.bufferedBytes() > DROP_ABOVE_BYTES) return;
      sendText(connection, `{"type":"event","event":"${event}","payload":${payload},"seq":${sequence}}`);
    },
  };
  return peer;
}

/** Whether a principal may know of what belongs to `owner`, but for sessions: their walls stand in the store. */
export function maySee(principal: Principal, owner: string): boolean {
  return principal.id === owner || principal.scopes.includes("admin");
}
