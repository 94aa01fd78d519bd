import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { text } from "node:stream/consumers";

/** Sends these bytes and returns what comes back until the proxy ends the connection, or until `until` is in it. */
export async function speak(port: number, bytes: string, until?: string | RegExp): Promise<string> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.write(bytes, "latin1");
  if (until === undefined) return text(socket);
  let seen = "";
  for await (const chunk of socket) {
    seen += chunk;
    if (seen.search(until) >= 0) break;
  }
  socket.destroy();
  return seen;
}

/** A connection through a tunnel, or the status line that refused it. */
export async function tunnelTo(port: number, authority: string): Promise<Socket | string> {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
  const [head] = (await once(socket, "data")) as [Buffer];
  socket.pause();
  const [status = ""] = head.toString().split("\r\n");
  if (status.startsWith("HTTP/1.1 200")) return socket;
  socket.destroy();
  return status;
}

/** All that comes over a connection until it ends or breaks off. */
export async function rest(socket: Socket): Promise<Buffer> {
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk)).on("error", () => {});
  socket.resume();
  if (!socket.closed) {
    const ended = once(socket, "end").catch(() => {});
    await Promise.race([ended, once(socket, "close")]);
  }
  return Buffer.concat(chunks);
}
