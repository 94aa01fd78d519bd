import { randomUUID } from "node:crypto";
import type { Clock, Logger } from "@claw/core";
import {
  CLOSE_CODES,
  exceedsBytes,
  HANDSHAKE_TIMEOUT_MS,
  MAX_PAYLOAD_BYTES,
  MAX_PRE_AUTH_FRAME_BYTES,
  parseFrame,
  type RequestFrame,
  TICK_INTERVAL_MS,
} from "@claw/protocol";
import type { Authenticate, Caller } from "../auth.ts";
import type { AuthLimiter } from "../auth-limiter.ts";
import type { SourceOf } from "../forwarded.ts";
import type { Connection } from "../options.ts";
import { type OriginRules, originProblem } from "../origin.ts";
import { type Admission, admit } from "./handshake.ts";
import { createPeer, type Peer } from "./peers.ts";
import { closeConnection, respond, respondError, sendText } from "./wire.ts";

export interface ServeOptions {
  readonly peers: Set<Peer>;
  readonly authenticate: Authenticate;
  readonly limitAuth: AuthLimiter;
  readonly origins: OriginRules;
  readonly sourceOf: SourceOf;
  /** The answer to `connect`. */
  readonly hello: (peer: Peer, admission: Admission) => Promise<object>;
  /** Answers one request; never rejects. */
  readonly handle: (peer: Peer, frame: RequestFrame) => Promise<void>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Serves one connection from the challenge to its end. */
export async function serveConnection(connection: Connection, options: ServeOptions): Promise<void> {
  const { peers, clock, log } = options;
  const close = (code: number, reason: string): void => closeConnection(connection, code, reason);
  const source = options.sourceOf(connection, connection.headers);
  const problem = source.problem ?? originProblem(connection.headers, options.origins);
  if (problem !== undefined) return close(CLOSE_CODES.policy, problem);

  const payload = { nonce: randomUUID(), ts: clock.now().getTime(), capabilities: [] };
  sendText(connection, JSON.stringify({ type: "event", event: "connect.challenge", payload }));
  const cancelTimeout = clock.after(HANDSHAKE_TIMEOUT_MS, () => close(CLOSE_CODES.policy, "handshake timeout"));
  let peer: Peer | undefined;
  let cancelTick: (() => void) | undefined;
  try {
    for await (const text of connection.messages) {
      const limit = peer === undefined ? MAX_PRE_AUTH_FRAME_BYTES : MAX_PAYLOAD_BYTES;
      if (exceedsBytes(text, limit)) {
        return close(CLOSE_CODES.tooLarge, `frame too large: expected at most ${limit} bytes`);
      }
      const frame = parseFrame(text);
      if (!frame.ok) return close(CLOSE_CODES.policy, frame.message);
      if (frame.value.type !== "req") return close(CLOSE_CODES.policy, "invalid frame: expected a request");
      if (peer !== undefined) {
        void options.handle(peer, frame.value);
        continue;
      }
      peer = await handshake(connection, { ...source, headers: connection.headers }, frame.value, options);
      if (peer === undefined) return;
      cancelTimeout();
      peers.add(peer);
      cancelTick = startTicking(peer, clock);
    }
  } catch (error) {
    log.warn("a connection failed", { error: error instanceof Error ? error.message : String(error) });
    close(CLOSE_CODES.internal, "internal error");
  } finally {
    cancelTimeout();
    cancelTick?.();
    if (peer !== undefined) peers.delete(peer);
  }
}

async function handshake(
  connection: Connection,
  caller: Caller,
  frame: RequestFrame,
  options: ServeOptions,
): Promise<Peer | undefined> {
  const result = await admit(frame, caller, options);
  if (!result.ok) {
    respondError(connection, frame.id, result.error);
    closeConnection(connection, result.closeCode, result.error.message);
    return undefined;
  }
  const { principal, scopes, params } = result.admission;
  const peer = createPeer({
    id: randomUUID(),
    principal,
    scopes,
    caps: new Set(params.caps),
    client: params.client,
    connectedAt: options.clock.now(),
    connection,
  });
  connection.authenticated();
  respond(connection, frame.id, await options.hello(peer, result.admission));
  return peer;
}

function startTicking(peer: Peer, clock: Clock): () => void {
  const tick = (): void => {
    peer.sendEvent("tick", JSON.stringify({ ts: clock.now().getTime() }));
    cancel = clock.after(TICK_INTERVAL_MS, tick);
  };
  let cancel = clock.after(TICK_INTERVAL_MS, tick);
  return () => cancel();
}
