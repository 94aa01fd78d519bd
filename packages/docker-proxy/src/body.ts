import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { MAX_BODY_BYTES } from "./limits.ts";
import { malformed } from "./refusal.ts";
import { type Json, parseStrictJson } from "./strict-json.ts";

const tooLong = () => malformed("body.size", `the body has over ${MAX_BODY_BYTES} bytes`, 413);

/** The whole body of a plain request. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const encoding = request.headers["transfer-encoding"];
  if (encoding !== undefined && encoding.toLowerCase() !== "chunked")
    throw malformed("body.encoding", "the body is encoded");
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of request) {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES) throw tooLong();
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const EMPTY_CHUNKS = "0\r\n\r\n";

/**
 * The body of a request that asks for the connection, for which the parser leaves it unread: of a fixed length, or none
 * in chunks. What comes after it belongs to the stream, and is put back.
 */
export async function readUpgradeBody(request: IncomingMessage, socket: Duplex, head: Buffer): Promise<Buffer> {
  const { "transfer-encoding": encoding, "content-length": length = "0" } = request.headers;
  if (encoding !== undefined && encoding.toLowerCase() !== "chunked")
    throw malformed("body.encoding", "the body is encoded");
  const needed = encoding === undefined ? Number(length) : EMPTY_CHUNKS.length;
  if (!(needed <= MAX_BODY_BYTES)) throw tooLong();
  if (head.length > 0) socket.unshift(head);
  const body = await take(socket, needed);
  if (encoding === undefined) return body;
  if (body.toString("latin1") !== EMPTY_CHUNKS)
    throw malformed("body.encoding", "a body before an upgrade comes in chunks");
  return Buffer.alloc(0);
}

/** Exactly so many bytes; those after them are put back. Rejects when the stream ends before. */
async function take(socket: Duplex, count: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  while (bytes < count) {
    // Whatever is there: asked for more than that, a stream says at once that it is readable, again and again.
    const chunk: Buffer | null = socket.read();
    if (chunk !== null) {
      chunks.push(chunk);
      bytes += chunk.length;
    } else if (socket.readableEnded || socket.destroyed) {
      throw malformed("body.size", "the body ends too early");
    } else {
      await next(socket);
    }
  }
  const all = Buffer.concat(chunks);
  if (all.length > count) socket.unshift(all.subarray(count));
  return all.subarray(0, count);
}

function next(socket: Duplex): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      for (const event of EVENTS) socket.off(event, done);
      resolve();
    };
    for (const event of EVENTS) socket.on(event, done);
  });
}

const EVENTS = ["readable", "end", "close", "error"] as const;

const JSON_TYPE = /^application\/json(?:; ?charset=utf-8)?$/i;

/** A body that a call has. */
export function parseBody(bytes: Buffer, { headers }: IncomingMessage): Json {
  if (headers["content-encoding"] !== undefined) throw malformed("body.encoding", "the body is encoded", 415);
  if (!JSON_TYPE.test(headers["content-type"] ?? "")) {
    throw malformed("body.type", "the body is not application/json", 415);
  }
  return parseStrictJson(bytes);
}

/** Of a call without a body there is none, or one that repeats its query, as dockerode does. It goes nowhere. */
export function assertNoBody(bytes: Buffer, request: IncomingMessage, query: ReadonlyMap<string, string>): void {
  if (bytes.length === 0) return;
  const body = parseBody(bytes, request);
  const repeats =
    typeof body === "object" &&
    body !== null &&
    !Array.isArray(body) &&
    Object.entries(body).every(([key, value]) => query.get(key) === String(value));
  if (!repeats) throw malformed("body.empty", "this call has no body", 403);
}
