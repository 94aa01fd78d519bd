import {
  CLOSE_CODES,
  type ConnectChallenge,
  type ConnectParams,
  type EventFrame,
  HANDSHAKE_TIMEOUT_MS,
  type HelloOk,
  MAX_PRE_AUTH_FRAME_BYTES,
  parseFrame,
  type RequestFrame,
  type ResponseFrame,
} from "@claw/protocol";
import { type ConnectionEnd, challengeOf, isHello, isTerminal, refusal } from "./admission.ts";
import type { ClientClock } from "./clock.ts";
import { encode } from "./encode.ts";
import { GatewayError } from "./gateway-error.ts";
import { type Watchdog, watchSilence } from "./watchdog.ts";

export type WebSocketConstructor = new (url: string) => WebSocket;

export interface ConnectionOptions {
  readonly url: string;
  /** Answers the challenge. */
  readonly answer: (challenge: ConnectChallenge) => Promise<ConnectParams>;
  readonly WebSocket: WebSocketConstructor;
  readonly clock: ClientClock;
  readonly onHello: (hello: HelloOk) => void;
  readonly onEvent: (frame: EventFrame) => void;
  readonly onResponse: (frame: ResponseFrame) => void;
  /** Called exactly once, unless `close` is called before; nothing is called after it. */
  readonly onEnd: (end: ConnectionEnd) => void;
}

export interface Connection {
  /** Throws a `GatewayError` for what can't be put into a frame. */
  send(frame: RequestFrame): void;
  close(): void;
}

const CONNECT_ID = "connect";

/** One socket from opening to end: challenge, connect, hello, then frames under a watchdog. */
export function openConnection(options: ConnectionOptions): Connection {
  const { clock } = options;
  const socket = new options.WebSocket(options.url);
  let phase: "challenge" | "hello" | "open" | "ended" = "challenge";
  let maxPayloadBytes = MAX_PRE_AUTH_FRAME_BYTES;
  let watchdog: Watchdog | undefined;
  let failure: string | undefined;
  const cancelHandshake = clock.after(HANDSHAKE_TIMEOUT_MS, () =>
    end({
      code: CLOSE_CODES.timeout,
      reason: `no hello from the gateway within ${HANDSHAKE_TIMEOUT_MS} ms`,
      terminal: false,
    }),
  );

  function end(how: ConnectionEnd): void {
    if (phase === "ended") return;
    release(how.code === CLOSE_CODES.timeout ? CLOSE_CODES.timeout : CLOSE_CODES.normal);
    options.onEnd(how);
  }

  // A dead peer never finishes the closing handshake: the connection is over now, whatever the socket says later.
  function release(code: number): void {
    phase = "ended";
    cancelHandshake();
    watchdog?.stop();
    socket.close(code);
  }

  function send(frame: RequestFrame): void {
    socket.send(encode(frame, maxPayloadBytes));
  }

  function onMessage({ data }: MessageEvent): void {
    if (phase === "ended") return;
    watchdog?.heard();
    const parsed = typeof data === "string" ? parseFrame(data) : undefined;
    if (!parsed?.ok) broken(parsed?.message ?? "expected a text frame, found a binary one");
    else if (parsed.value.type === "req") broken("expected an event or an answer, found a request");
    else onFrame(parsed.value);
  }

  function onFrame(frame: EventFrame | ResponseFrame): void {
    if (phase === "challenge") onChallenge(frame);
    else if (phase === "open" && frame.type === "event") options.onEvent(frame);
    else if (phase === "open" && frame.type === "res") options.onResponse(frame);
    else if (frame.type === "res" && frame.id === CONNECT_ID) onConnectAnswer(frame);
  }

  function onChallenge(frame: EventFrame | ResponseFrame): void {
    const challenge = challengeOf(frame);
    if (challenge === undefined) {
      broken("expected connect.challenge with a nonce as the first frame");
      return;
    }
    phase = "hello";
    void answer(challenge);
  }

  /** Signing takes a while, in which the connection may end. */
  async function answer(challenge: ConnectChallenge): Promise<void> {
    try {
      const params = await options.answer(challenge);
      if (phase === "hello") send({ type: "req", id: CONNECT_ID, method: "connect", params });
    } catch (error) {
      const { message: reason } = error as GatewayError;
      end({ code: CLOSE_CODES.normal, reason, terminal: true, error: error as GatewayError });
    }
  }

  function onConnectAnswer(frame: ResponseFrame): void {
    if (!frame.ok) end(refusal(frame.error));
    else if (!isHello(frame.payload)) broken("expected hello-ok with a policy as the answer to connect");
    else onHello(frame.payload);
  }

  function onHello(hello: HelloOk): void {
    phase = "open";
    cancelHandshake();
    maxPayloadBytes = hello.policy.maxPayload;
    const limitMs = 2 * hello.policy.tickIntervalMs;
    watchdog = watchSilence(clock, limitMs, () =>
      end({ code: CLOSE_CODES.timeout, reason: `nothing from the gateway for ${limitMs} ms`, terminal: false }),
    );
    options.onHello(hello);
  }

  function broken(reason: string): void {
    const error = new GatewayError("CLIENT_PROTOCOL", reason);
    end({ code: CLOSE_CODES.protocolMismatch, reason, terminal: false, error });
  }

  function onClose({ code, reason }: CloseEvent): void {
    const why = failure === undefined ? "" : `: ${failure}`;
    end({
      code,
      reason:
        reason || (phase === "challenge" ? `the gateway can't be reached${why}` : `the connection was lost${why}`),
      terminal: isTerminal(code, phase === "open"),
    });
  }

  socket.addEventListener("message", onMessage);
  socket.addEventListener("close", onClose);
  // Every failure is followed by `close`, which does not say why.
  socket.addEventListener("error", (event) => {
    failure =
      "message" in event && typeof event.message === "string" && event.message !== "" ? event.message : undefined;
  });

  return {
    send,
    close() {
      if (phase !== "ended") release(CLOSE_CODES.normal);
    },
  };
}
