import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { type HelloOk, PROTOCOL_VERSION, parseFrame, type RequestFrame, type WireError } from "@claw/protocol";
import { type WebSocket, WebSocketServer } from "ws";

/** One admitted or waiting client as the fake gateway sees it. */
export interface FakePeer {
  readonly socket: WebSocket;
  send(frame: unknown): void;
  event(event: string, payload: unknown, seq?: number): void;
}

export interface FakeGatewayOptions {
  readonly onConnect?: (frame: RequestFrame, peer: FakePeer) => "admit" | "ignore" | WireError;
  /** In hello. */
  readonly deviceToken?: string;
  readonly onRequest?: (frame: RequestFrame, peer: FakePeer) => void;
  readonly maxPayload?: number;
  /** In place of the challenge. */
  readonly greeting?: string | Uint8Array;
}

/** The smallest gateway that a client can talk to, over a real socket. */
export async function fakeGateway(options: FakeGatewayOptions = {}) {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
  const peers: FakePeer[] = [];
  const connects: RequestFrame[] = [];
  server.on("connection", (socket) => {
    const send = (frame: unknown) => socket.send(JSON.stringify(frame));
    const peer: FakePeer = {
      socket,
      send,
      event: (event, payload, seq) => send({ type: "event", event, payload, seq }),
    };
    socket.on("message", (data) => {
      const parsed = parseFrame(String(data));
      if (!parsed.ok || parsed.value.type !== "req") throw new Error(`the client sent ${String(data)}`);
      const frame = parsed.value;
      if (frame.method !== "connect") {
        options.onRequest?.(frame, peer);
        return;
      }
      connects.push(frame);
      const verdict = options.onConnect?.(frame, peer) ?? "admit";
      if (verdict === "admit") {
        peers.push(peer);
        send({ type: "res", id: frame.id, ok: true, payload: hello(options) });
      } else if (verdict !== "ignore") {
        send({ type: "res", id: frame.id, ok: false, error: verdict });
        socket.close(1008, verdict.message);
      }
    });
    if (options.greeting !== undefined) socket.send(options.greeting);
    else peer.event("connect.challenge", { nonce: "nonce", ts: 1 });
  });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;

  return {
    url: `ws://127.0.0.1:${port}/`,
    /** Admitted clients, oldest first. */
    peers,
    /** Every `connect` that arrived. */
    connects,
    async [Symbol.asyncDispose]() {
      for (const socket of server.clients) socket.terminate();
      server.close();
      await once(server, "close");
    },
  };
}

function hello({ maxPayload = 1_000, deviceToken }: FakeGatewayOptions): HelloOk {
  return {
    type: "hello-ok",
    protocol: PROTOCOL_VERSION,
    server: { version: "test", connId: "1" },
    features: { methods: [], events: [] },
    snapshot: { presence: [], health: {}, stateVersion: { presence: 0, health: 0 }, uptimeMs: 0 },
    auth: { role: "operator", scopes: [], ...(deviceToken !== undefined && { deviceToken }) },
    policy: { maxPayload, maxBufferedBytes: 1_000, tickIntervalMs: 30_000 },
  };
}
