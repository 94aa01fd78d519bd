import { WebSocket } from "ws";

export interface SocketsWanted {
  readonly url: string;
  readonly count: number;
  /** How many are on their way in at a time. */
  readonly atOnce: number;
  /** What is sent as the answer to the server's first message; absent, that message is the greeting. */
  readonly credential?: string;
}

export interface Sockets extends Disposable {
  /** From the start of each connection to its greeting, in milliseconds. */
  readonly greetedMs: readonly number[];
  readonly all: readonly WebSocket[];
}

/** Opens sockets and keeps them. Rejects when one of them is not greeted. */
export async function openSockets({ url, count, atOnce, credential }: SocketsWanted): Promise<Sockets> {
  const all: WebSocket[] = [];
  const greetedMs: number[] = [];
  async function openInTurn(): Promise<void> {
    while (all.length < count) {
      const beganMs = performance.now();
      const socket = new WebSocket(url, { perMessageDeflate: false });
      all.push(socket);
      await greeting(socket, credential);
      greetedMs.push(performance.now() - beganMs);
    }
  }
  const close = (): void => {
    for (const socket of all) socket.terminate();
  };
  try {
    await Promise.all(Array.from({ length: Math.min(atOnce, count) }, openInTurn));
  } catch (error) {
    close();
    throw error;
  }
  return { all, greetedMs, [Symbol.dispose]: close };
}

function greeting(socket: WebSocket, credential: string | undefined): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let answered = credential === undefined;
  socket.on("error", reject);
  socket.on("close", (code, reason) => reject(new Error(`closed before its greeting: ${code} ${reason}`)));
  socket.on("message", (data) => {
    if (!answered) {
      answered = true;
      socket.send(connectFrame(credential ?? ""));
    } else if (credential === undefined || data.toString().includes('"ok":true')) {
      resolve();
    } else {
      reject(new Error(`not greeted: ${data.toString().slice(0, 200)}`));
    }
  });
  return promise;
}

/** The first request of a stock client. */
export function connectFrame(token: string): string {
  const client = { id: "gateway-client", version: "0.0.0", platform: "linux", mode: "backend" };
  const params = { minProtocol: 4, maxProtocol: 4, client, scopes: ["operator.read"], caps: [], auth: { token } };
  return JSON.stringify({ type: "req", id: "connect", method: "connect", params });
}
