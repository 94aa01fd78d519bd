import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";
import {
  CLOSE_CODES,
  HANDSHAKE_TIMEOUT_MS,
  MAX_PAYLOAD_BYTES,
  MAX_PRE_AUTH_FRAME_BYTES,
  MAX_PRE_AUTH_SOCKETS,
} from "@claw/protocol";
import { type WebSocket, WebSocketServer } from "ws";
import type { Connection, Gateway } from "../options.ts";
import { queryCredentialProblem } from "../query-credentials.ts";
import { inOneWrite } from "./in-one-write.ts";
import { createWaitingRoom } from "./waiting-room.ts";

export interface UpgradeOptions {
  /** Which requests are the gateway's. Default: every one. */
  readonly path?: string;
  /** How often a client has to show that it is alive. Default 25,000. */
  readonly pingIntervalMs?: number;
}

/** A client may send a few frames while its handshake is being answered. */
const PRE_AUTH_BYTES = MAX_PRE_AUTH_FRAME_BYTES * 2;
/** Over all addresses: what they may send before hello fits a small machine's memory. */
const PLACES = { ofOneAddress: MAX_PRE_AUTH_SOCKETS, inAll: 128 };
/** Sockets that nothing is read from yet; after a restart, all the clients of an office may come back at once. */
const LINE = { ofOneAddress: 1_024, inAll: 2_048 };
/** What a client gets to answer a close with. */
const CLOSE_TIMEOUT_MS = 2_000;
const PING_INTERVAL_MS = 25_000;

const SOCKET_OPTIONS = {
  noServer: true,
  maxPayload: MAX_PAYLOAD_BYTES,
  perMessageDeflate: false,
  // Younger than the types of ws, which would refuse it in a literal.
  closeTimeout: CLOSE_TIMEOUT_MS,
};

/** Serves the gateway's WebSocket on a Node HTTP server. Returns a function that closes every socket. */
export function acceptUpgrades(
  server: Server,
  gateway: Pick<Gateway, "accept">,
  options: UpgradeOptions = {},
): () => void {
  const sockets = new WebSocketServer(SOCKET_OPTIONS);
  const waiting = createWaitingRoom({ places: PLACES, line: LINE });

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    const path = request.url?.split("?", 1)[0];
    if (options.path !== undefined && path !== options.path) {
      // Somebody else's, if there is somebody else; nobody would ever answer otherwise.
      if (server.listenerCount("upgrade") === 1) refuse(socket, "404 Not Found");
      return;
    }
    const problem = queryCredentialProblem(request.url ?? "");
    if (problem !== undefined) return refuse(socket, "400 Bad Request", problem);
    void letIn(request, socket, head);
  });

  async function letIn(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const gone = new AbortController();
    const giveUp = (): void => gone.abort();
    socket.on("error", giveUp).once("close", giveUp);
    const timer = setTimeout(giveUp, HANDSHAKE_TIMEOUT_MS);
    const leave = await waiting.enter(request.socket.remoteAddress, gone.signal);
    clearTimeout(timer);
    socket.off("error", giveUp).off("close", giveUp);
    if (leave === undefined) return refuse(socket, "503 Service Unavailable\r\nRetry-After: 1");
    if (socket.destroyed) return leave();
    socket.once("close", leave);
    sockets.handleUpgrade(request, socket, head, (webSocket) => {
      const connection = toConnection(webSocket, socket, request, leave);
      void gateway.accept(connection).finally(() => webSocket.close());
    });
  }

  const pings = setInterval(() => pingAll(sockets.clients), options.pingIntervalMs ?? PING_INTERVAL_MS);
  pings.unref();
  return () => {
    clearInterval(pings);
    for (const socket of sockets.clients) socket.terminate();
  };
}

function refuse(socket: Duplex, status: string, reason = ""): void {
  // The client may be gone already.
  socket.on("error", () => {});
  const length = `Content-Type: text/plain\r\nContent-Length: ${Buffer.byteLength(reason)}`;
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\n${length}\r\n\r\n${reason}`, () => socket.destroy());
}

/** Sockets that have not answered the last ping are dead. */
const unanswered = new WeakSet<WebSocket>();

function pingAll(clients: Iterable<WebSocket>): void {
  for (const client of clients) {
    if (unanswered.has(client)) {
      client.terminate();
      continue;
    }
    unanswered.add(client);
    client.once("pong", () => unanswered.delete(client));
    client.ping();
  }
}

function toConnection(
  socket: WebSocket,
  raw: Duplex,
  request: IncomingMessage,
  onAuthenticated: () => void,
): Connection {
  // A frame that breaks the rules ends the connection by itself; without a listener it would end the process.
  socket.on("error", () => {});
  const stopCounting = limitBytes(raw, PRE_AUTH_BYTES, () =>
    socket.close(CLOSE_CODES.tooLarge, `expected at most ${MAX_PRE_AUTH_FRAME_BYTES} bytes before hello`),
  );
  return {
    messages: messagesOf(socket),
    remoteAddress: request.socket.remoteAddress,
    headers: new Headers(Object.entries(request.headers).flatMap(([name, value]) => toHeader(name, value))),
    send: inOneWrite(raw, (text) => socket.send(text)),
    close: (code, reason) => socket.close(code, reason),
    bufferedBytes: () => socket.bufferedAmount,
    authenticated() {
      stopCounting();
      onAuthenticated();
    },
  };
}

function toHeader(name: string, value: string | readonly string[] | undefined): [string, string][] {
  if (value === undefined) return [];
  return [[name, typeof value === "string" ? value : value.join(", ")]];
}

/** Nobody unknown makes us buffer more than `limit`: what comes after is read and thrown away. */
function limitBytes(raw: Duplex, limit: number, onExceeded: () => void): () => void {
  let received = 0;
  const count = (chunk: Buffer): void => {
    received += chunk.length;
    if (received <= limit) return;
    raw.removeAllListeners("data");
    raw.resume();
    onExceeded();
  };
  raw.prependListener("data", count);
  return () => raw.off("data", count);
}

async function* messagesOf(socket: WebSocket): AsyncGenerator<string> {
  const queue: string[] = [];
  let over = false;
  let wake: (() => void) | undefined;
  socket.on("message", (data, isBinary) => {
    if (isBinary) socket.close(CLOSE_CODES.policy, "expected text frames");
    else queue.push(data.toString());
    // A client that sends faster than it is served waits in the network.
    if (queue.length > 64) socket.pause();
    wake?.();
  });
  socket.on("close", () => {
    over = true;
    wake?.();
  });
  while (true) {
    const next = queue.shift();
    if (next !== undefined) {
      if (queue.length < 16 && socket.isPaused) socket.resume();
      yield next;
    } else if (over) return;
    else await new Promise<void>((resolve) => (wake = resolve));
  }
}
