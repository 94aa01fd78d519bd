import { httpFetch } from "./http-fetch.ts";

/** What the server did instead of answering, as the rest of a sentence that starts with its name. */
export class UnusableResponseError extends Error {
  override readonly name = "UnusableResponseError";
}

/** The largest honest line is the last event of OpenAI's Responses API, which repeats the whole answer. */
export const MAX_LINE_BYTES = 8 * 1024 * 1024;
const MAX_RESPONSE_BYTES = 64 * 1024 * 1024;
const MAX_ERROR_BYTES = 64 * 1024;

/**
 * `fetch` that follows no redirect (a key header would go along), refuses web pages, and stops a body whose lines or
 * whole exceed what an answer can be, before anything buffers it. The body of an error is cut instead.
 */
export async function limitedFetch(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await httpFetch(input, init);
  const { body, status, statusText, headers } = response;
  if (body === null) return response;
  if (status >= 300 && status < 400) {
    await body.cancel();
    throw new UnusableResponseError(`redirects elsewhere (status ${status})`);
  }
  if (response.ok && headers.get("content-type")?.includes("text/html")) {
    await body.cancel();
    throw new UnusableResponseError("sent a web page");
  }
  const limited = response.ok ? capped(body) : cut(body);
  return new Response(limited, { status, statusText, headers });
}

function capped(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let total = 0;
  let line = 0;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      total += value.length;
      // A line that starts and ends inside one chunk is as small as the chunk.
      const newline = value.lastIndexOf(10);
      line = newline === -1 ? line + value.length : value.length - newline - 1;
      if (line > MAX_LINE_BYTES || total > MAX_RESPONSE_BYTES) {
        await reader.cancel();
        throw new UnusableResponseError(
          `sent more than an answer can be (a line over ${MAX_LINE_BYTES} bytes, or as long in all)`,
        );
      }
      controller.enqueue(value);
    },
    cancel: (reason) => reader.cancel(reason),
  });
}

function cut(body: ReadableStream<Uint8Array>): ReadableStream<Uint8Array> {
  const reader = body.getReader();
  let left = MAX_ERROR_BYTES;
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const { done, value } = await reader.read();
      if (done) return controller.close();
      controller.enqueue(value.subarray(0, left));
      left -= value.length;
      if (left > 0) return;
      await reader.cancel();
      controller.close();
    },
    cancel: (reason) => reader.cancel(reason),
  });
}
