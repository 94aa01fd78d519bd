import { type ClientRequest, request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { Readable } from "node:stream";

/**
 * `fetch` over Node's own HTTP client: no redirect is followed and no compression asked for. Node's built-in `fetch`
 * parses HTTP in WebAssembly, which costs 12 MB at its first use and more CPU on every call. Rejects as `fetch` does:
 * a `TypeError` whose `cause` is what happened, or the signal's reason.
 */
export function httpFetch(input: string | URL | Request, init: RequestInit = {}): Promise<Response> {
  const url = new URL(input instanceof Request ? input.url : input);
  const { method = "GET", signal } = init;
  const body = bytesOf(init.body);
  const headers = { ...Object.fromEntries(new Headers(init.headers)), "content-length": String(body.length) };
  const start = url.protocol === "https:" ? httpsRequest : httpRequest;

  return new Promise((resolve, reject) => {
    if (signal?.aborted) return reject(signal.reason);
    const sent: ClientRequest = start(url, { method, headers });
    let received: IncomingMessage | undefined;
    const onAbort = (): void => {
      received?.destroy(signal?.reason);
      sent.destroy(signal?.reason);
    };
    signal?.addEventListener("abort", onAbort, { once: true });
    sent.once("close", () => signal?.removeEventListener("abort", onAbort));
    sent.on("error", (error) =>
      reject(signal?.aborted ? signal.reason : new TypeError("fetch failed", { cause: error })),
    );
    sent.once("response", (response) => {
      received = response;
      resolve(toResponse(response));
    });
    sent.end(body);
  });
}

function toResponse(message: IncomingMessage): Response {
  const { statusCode = 0, statusMessage = "", headersDistinct } = message;
  const headers = Object.entries(headersDistinct).flatMap(([name, values = []]) =>
    values.map((value): [string, string] => [name, value]),
  );
  const hasBody = statusCode !== 204 && statusCode !== 205 && statusCode !== 304;
  if (!hasBody) message.resume();
  const body = hasBody ? (Readable.toWeb(message) as ReadableStream<Uint8Array>) : null;
  return new Response(body, { status: statusCode, statusText: statusMessage, headers });
}

function bytesOf(body: RequestInit["body"]): Buffer {
  if (body === undefined || body === null) return Buffer.alloc(0);
  if (typeof body === "string") return Buffer.from(body);
  if (body instanceof Uint8Array) return Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  throw new TypeError(
    `expected a text or bytes as the body of a request, found ${Object.prototype.toString.call(body)}`,
  );
}
