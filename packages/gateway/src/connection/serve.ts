import { randomUUID } from "node:crypto";
import type { Clock, Logger } from "@claw/core";
import {
  CLOSE_CODES,
  exceedsBytes,
  HANDSHAKE_TIMEOUT_MS,
  MAX_EARLY_FRAMES,
  MAX_PAYLOAD_BYTES,
  MAX_PRE_AUTH_FRAME_BYTES,
  type RequestFrame,
  TICK_INTERVAL_MS,
} from "@claw/protocol";
import type { SourceOf } from "../forwarded.ts";
import type { Connection } from "../options.ts";
import { type OriginRules, originProblem } from "../origin.ts";
import { type EnterOptions, enter } from "./enter.ts";
import type { Peer } from "./peers.ts";
import { closeConnection, readRequest, sendText } from "./wire.ts";

export interface ServeOptions extends EnterOptions {
  readonly origins: OriginRules;
  readonly sourceOf: SourceOf;
  /** Answers one request of so many bytes; never rejects. */
  readonly handle: (peer: Peer, frame: RequestFrame, bytes: number) => Promise<void>;
  readonly log: Logger;
}

/** Serves one connection from the challenge to its end. */
export async function serveConnection(connection: Connection, options: ServeOptions): Promise<void> {
  const { peers, clock, log } = options;
  let over = false;
  const close = (code: number, reason: string): void => {
    over = true;
    closeConnection(connection, code, reason);
  };
  const { problem: mistrust, ...source } = options.sourceOf(connection, connection.headers);
  const problem = mistrust ?? originProblem(connection.headers, options.origins);
  if (problem !== undefined) return close(CLOSE_CODES.policy, problem);

  const challenge = { nonce: randomUUID(), ts: clock.now().getTime(), capabilities: [] };
  sendText(connection, JSON.stringify({ type: "event", event: "connect.challenge", payload: challenge }));
  const cancelTimeout = clock.after(HANDSHAKE_TIMEOUT_MS, () => close(CLOSE_CODES.policy, "handshake timeout"));
  const caller = { ...source, headers: connection.headers };
  /** What came while the handshake was being answered. */
  const early: string[] = [];
  let entering: Promise<void> | undefined;
  let peer: Peer | undefined;
  let cancelTick: (() => void) | undefined;

  async function letIn(frame: RequestFrame): Promise<void> {
    try {
      peer = await enter(connection, caller, challenge, frame, options);
      cancelTimeout();
      if (peer === undefined || over) return leave();
      cancelTick = startTicking(peer, clock);
      for (const text of early.splice(0)) receive(text);
    } catch (error) {
      fail(error);
    }
  }

  function receive(text: string): void {
    if (over || (peer !== undefined && !peers.has(peer))) return;
    const limit = peer === undefined ? MAX_PRE_AUTH_FRAME_BYTES : MAX_PAYLOAD_BYTES;
    if (exceedsBytes(text, limit)) close(CLOSE_CODES.tooLarge, `frame too large: expected at most ${limit} bytes`);
    else if (entering === undefined || peer !== undefined) serve(text);
    else if (early.push(text) > MAX_EARLY_FRAMES) close(CLOSE_CODES.policy, "too many frames before hello");
  }

  function serve(text: string): void {
    const frame = readRequest(text);
    if (!frame.ok) close(CLOSE_CODES.policy, frame.message);
    else if (peer === undefined) entering = letIn(frame.value);
    else void options.handle(peer, frame.value, Buffer.byteLength(text));
  }

  function leave(): void {
    over = true;
    cancelTimeout();
    cancelTick?.();
    if (peer !== undefined) peers.delete(peer);
  }

  function fail(error: unknown): void {
    log.warn("a connection failed", { error: error instanceof Error ? error.message : String(error) });
    close(CLOSE_CODES.internal, "internal error");
  }

  try {
    for await (const text of connection.messages) receive(text);
  } catch (error) {
    fail(error);
  } finally {
    leave();
  }
  await entering;
}

function startTicking(peer: Peer, clock: Clock): () => void {
  const tick = (): void => {
    peer.sendEvent("tick", JSON.stringify({ ts: clock.now().getTime() }));
    cancel = clock.after(TICK_INTERVAL_MS, tick);
  };
  let cancel = clock.after(TICK_INTERVAL_MS, tick);
  return () => cancel();
}
