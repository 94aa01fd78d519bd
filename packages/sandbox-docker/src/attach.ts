import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import type { Socket } from "node:net";
import type { EngineAddress } from "./engine.ts";

/**
 * Opens a container's stdin, stdout and stderr as one connection, before or after its start. Asked for without the
 * client library, whose own way puts a body where none belongs and cannot be given up once it began.
 */
export function attachContainer({ connection }: EngineAddress, id: string, signal: AbortSignal): Promise<Socket> {
  const request = "protocol" in connection && connection.protocol === "https" ? httpsRequest : httpRequest;
  const target = "socketPath" in connection ? connection : { ...connection, protocol: `${connection.protocol}:` };
  const path = `/containers/${id}/attach?stream=1&stdin=1&stdout=1&stderr=1`;
  const headers = { connection: "Upgrade", upgrade: "tcp", "content-length": "0" };
  return new Promise((resolve, reject) => {
    request({ ...target, path, method: "POST", headers, agent: false, signal })
      .on("upgrade", (_response: IncomingMessage, socket: Socket, head: Buffer) => {
        socket.setNoDelay(true);
        if (head.length > 0) socket.unshift(head);
        resolve(socket);
      })
      .on("response", (response) => {
        response.resume();
        reject(new Error(`the engine did not attach to the sandbox (HTTP ${response.statusCode})`));
      })
      .on("error", reject)
      .end();
  });
}
