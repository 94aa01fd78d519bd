import type { Socket } from "node:net";
import type { Hijacked } from "./engine.ts";
import { contentType } from "./responses.ts";

/** Joins a client with the engine's stream. Each direction waits for its reader, and ends by itself. */
export function splice(near: Socket, far: Hijacked): void {
  const { socket } = far;
  const head = ["HTTP/1.1 101 UPGRADED", `Content-Type: ${contentType(far.contentType)}`];
  near.write(`${[...head, "Connection: Upgrade", "Upgrade: tcp"].join("\r\n")}\r\n\r\n`);
  if (far.head.length > 0) socket.unshift(far.head);
  for (const one of [near, socket]) one.on("error", () => {});
  // What is on its way to a client still gets there; what is on its way to a container that is gone does not.
  socket.on("close", () => near.destroySoon());
  near.on("close", () => socket.destroy());
  near.pipe(socket);
  socket.pipe(near);
}
