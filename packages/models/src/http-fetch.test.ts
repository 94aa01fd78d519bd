import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { httpFetch } from "./http-fetch.ts";

let server: Server | undefined;
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
});

async function serve(listener: RequestListener): Promise<string> {
  server = createServer(listener).listen(0, "127.0.0.1");
  await once(server, "listening");
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test("method, headers and body arrive, status, headers and body come back", async () => {
  const url = await serve(async (request, response) => {
    const body = await text(request);
    response.writeHead(201, "Made", {
      "x-seen": `${request.method} ${request.headers["x-a"]}`,
      "set-cookie": ["a=1", "b=2"],
    });
    response.end(`got ${body}`);
  });
  const response = await httpFetch(url, { method: "POST", headers: { "x-a": "b" }, body: "ä" });
  expect([response.status, response.statusText]).toEqual([201, "Made"]);
  expect(response.headers.get("x-seen")).toBe("POST b");
  expect(response.headers.getSetCookie()).toEqual(["a=1", "b=2"]);
  expect(await response.text()).toBe("got ä");
});

test("a body is handed over as it comes, and giving it up ends the request", async () => {
  const closed = Promise.withResolvers<void>();
  const url = await serve((request, response) => {
    response.write("one");
    request.socket.once("close", () => closed.resolve());
  });
  const { body } = await httpFetch(url);
  const reader = body?.getReader();
  expect(new TextDecoder().decode((await reader?.read())?.value)).toBe("one");
  await reader?.cancel();
  await closed.promise;
});

test("a signal ends the wait for an answer and the answer itself, with its reason", async () => {
  const url = await serve((request, response) => {
    if (request.url === "/streaming") response.write("one");
  });
  const waiting = new AbortController();
  const answer = httpFetch(url, { signal: waiting.signal });
  waiting.abort(new Error("enough"));
  await expect(answer).rejects.toThrow("enough");
  const streaming = new AbortController();
  const response = await httpFetch(`${url}/streaming`, { signal: streaming.signal });
  const rest = response.text();
  streaming.abort(new Error("enough"));
  await expect(rest).rejects.toThrow("enough");
  await expect(httpFetch(url, { signal: AbortSignal.abort(new Error("before")) })).rejects.toThrow("before");
});

test("a server that is not there fails as fetch does", async () => {
  const url = await serve(() => {});
  server?.close();
  await expect(httpFetch(url)).rejects.toMatchObject({ message: "fetch failed", cause: { code: "ECONNREFUSED" } });
});

test("an answer without a body, a redirect and an odd body of ours are what they are", async () => {
  const url = await serve((request, response) => {
    response.writeHead(request.url === "/away" ? 302 : 204, { location: "http://127.0.0.1:1/" }).end();
  });
  expect((await httpFetch(url)).body).toBeNull();
  expect((await httpFetch(`${url}/away`)).status).toBe(302);
  expect(() => httpFetch(url, { method: "POST", body: new FormData() })).toThrow("expected a text or bytes");
});
