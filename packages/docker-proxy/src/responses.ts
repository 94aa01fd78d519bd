import { type IncomingMessage, type ServerResponse, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { pipeline } from "node:stream/promises";
import { readJson } from "./engine.ts";
import type { Route } from "./routes.ts";
import type { Json } from "./strict-json.ts";

const TYPES = new Set([
  "application/json",
  "application/vnd.docker.raw-stream",
  "application/vnd.docker.multiplexed-stream",
  "text/plain; charset=utf-8",
]);

export const contentType = (type: string | undefined): string =>
  type !== undefined && TYPES.has(type) ? type : "application/octet-stream";

/** Each connection has one request, so that none can hide behind another. */
const CLOSE = { connection: "close" };

export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  const body = `${JSON.stringify(value)}\n`;
  response.writeHead(status, {
    ...CLOSE,
    "content-type": "application/json",
    "content-length": Buffer.byteLength(body),
  });
  response.end(body);
}

/** The same where the parser has let go of the connection. */
export function sendRaw(socket: Duplex, status: number, value: unknown): void {
  const body = `${JSON.stringify(value)}\n`;
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? "Refused"}`,
    "Content-Type: application/json",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Connection: close",
  ];
  socket.on("error", () => {});
  socket.resume();
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

/** What passes of an answer that is no stream of its own: the reduced value, or of an error its message alone. */
export async function reducedAnswer(answer: IncomingMessage, route: Route): Promise<Json> {
  const value = await readJson(answer);
  if (isSuccess(answer)) return route.answer?.(value) ?? value;
  const message = typeof value === "object" && value !== null ? Reflect.get(value, "message") : undefined;
  return { message: typeof message === "string" ? message : "the engine refused it without a word" };
}

const isSuccess = ({ statusCode = 502 }: IncomingMessage): boolean => statusCode >= 200 && statusCode < 300;

export async function passAnswer(answer: IncomingMessage, response: ServerResponse, route: Route): Promise<void> {
  const { statusCode: status = 502 } = answer;
  if (status === 204 || status === 304) {
    answer.resume();
    response.writeHead(status, CLOSE).end();
  } else if (!isSuccess(answer) || route.answer !== undefined) {
    sendJson(response, status, await reducedAnswer(answer, route));
  } else {
    response.writeHead(status, { ...CLOSE, "content-type": contentType(answer.headers["content-type"]) });
    // Clients begin what they wait for once they have the head.
    response.flushHeaders();
    await pipeline(answer, response);
  }
}
