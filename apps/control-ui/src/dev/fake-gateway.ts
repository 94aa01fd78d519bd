import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import {
  type ConfigReload,
  type ConnectParams,
  parseFrame,
  type SafeModeInfo,
  type SandboxStatus,
  type WireError,
} from "@claw/protocol";
import { type WebSocket, WebSocketServer } from "ws";
import { helloOk, OK_SANDBOX } from "./facts.ts";
import { createFakeMethods, type FakeMethods } from "./fake-methods.ts";
import { staticFiles } from "./static-files.ts";

export interface FakeGatewayOptions {
  /** Where the built page is. */
  readonly folder: string;
  readonly token?: string;
  /** Default: an ephemeral one. */
  readonly port?: number;
  /** Between two pieces of text. Default 5. */
  readonly paceMs?: number;
  readonly agentIds?: readonly string[];
  readonly sandbox?: SandboxStatus;
  readonly safeMode?: SafeModeInfo;
  readonly configReload?: ConfigReload;
}

export interface FakeGateway extends AsyncDisposable, Pick<FakeMethods, "openGate" | "session" | "sentKeys"> {
  readonly url: string;
  /** Cuts every connection and refuses new ones until {@link comeBack}. */
  goAway(): void;
  comeBack(): void;
  /** Sends nothing of the next `count` events, as to a client that is too slow. */
  dropEvents(count: number): void;
  /** Answers nothing to the next `chat.send`, but acts on it, and cuts the connection. */
  loseNextAcknowledgement(): void;
}

/** A gateway of one process's memory that speaks protocol v4, for working on the page and for testing it. */
export async function startFakeGateway(options: FakeGatewayOptions): Promise<FakeGateway> {
  const {
    folder,
    token,
    port = 0,
    paceMs = 5,
    agentIds = ["main"],
    sandbox = OK_SANDBOX,
    safeMode,
    configReload,
  } = options;
  const server = createServer(staticFiles(folder));
  const sockets = new WebSocketServer({ server });
  const admitted = new Map<WebSocket, number>();
  let away = false;
  let toDrop = 0;
  let loseAcknowledgement = false;

  const methods = createFakeMethods({ paceMs, agentIds, sandbox, safeMode, configReload, broadcast });

  function broadcast(event: string, payload: unknown): void {
    const dropped = toDrop > 0;
    if (dropped) toDrop -= 1;
    for (const [socket, last] of admitted) {
      admitted.set(socket, last + 1);
      if (!dropped) socket.send(JSON.stringify({ type: "event", event, payload, seq: last + 1 }));
    }
  }

  sockets.on("connection", (socket) => {
    if (away) return socket.terminate();
    const send = (frame: unknown): void => socket.send(JSON.stringify(frame));
    const refuse = (id: string, error: WireError): void => {
      send({ type: "res", id, ok: false, error });
      socket.close(1008, error.message);
    };
    send({ type: "event", event: "connect.challenge", payload: { nonce: "n", ts: Date.now() } });
    socket.on("close", () => admitted.delete(socket));
    socket.on("message", async (data) => {
      const frame = parseFrame(String(data));
      if (!frame.ok || frame.value.type !== "req") return socket.close(1008, "invalid frame");
      const { id, method, params } = frame.value;
      if (!admitted.has(socket)) {
        const error = refusal(token, params as ConnectParams);
        if (error !== undefined) return refuse(id, error);
        admitted.set(socket, 0);
        return send({ type: "res", id, ok: true, payload: helloOk() });
      }
      const answer = await methods.call(method, params);
      if (method === "chat.send" && loseAcknowledgement) {
        loseAcknowledgement = false;
        return socket.terminate();
      }
      send({ type: "res", id, ...answer });
    });
  });

  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  const cutAll = () => {
    for (const socket of sockets.clients) socket.terminate();
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`,
    openGate: methods.openGate,
    session: methods.session,
    sentKeys: methods.sentKeys,
    goAway() {
      away = true;
      cutAll();
    },
    comeBack() {
      away = false;
    },
    dropEvents(count) {
      toDrop = count;
    },
    loseNextAcknowledgement() {
      loseAcknowledgement = true;
    },
    async [Symbol.asyncDispose]() {
      methods.stop();
      cutAll();
      server.close();
      server.closeAllConnections();
      await once(server, "close");
    },
  };
}

function refusal(token: string | undefined, params: ConnectParams): WireError | undefined {
  const given = params.auth?.token;
  if (token === undefined || given === token) return undefined;
  const missing = given === undefined;
  return {
    code: "INVALID_REQUEST",
    message: missing
      ? "unauthorized: gateway token missing (open the link that the gateway printed, or enter the token)"
      : "unauthorized: gateway token mismatch (enter the token of this gateway)",
    details: { code: missing ? "AUTH_TOKEN_MISSING" : "AUTH_TOKEN_MISMATCH" },
  };
}
