import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { noBrowser, startBrowser } from "./harness/browser.ts";
import { type RunningGateway, startGateway } from "./harness/gateway.ts";

/** A name of somebody else's, whose DNS suddenly answers with this machine. */
const REBOUND = "rebound.example";

let gateway: RunningGateway;
let browser: Browser;
let elsewhere: Server;

beforeAll(async () => {
  if (noBrowser !== undefined) return;
  elsewhere = createServer((_, response) =>
    response.setHeader("content-type", "text/html").end("<!doctype html>"),
  ).listen(0);
  gateway = await startGateway();
  browser = await startBrowser([`--host-resolver-rules=MAP ${REBOUND} 127.0.0.1`]);
});
afterAll(async () => {
  await browser?.close();
  await gateway?.[Symbol.asyncDispose]();
  elsewhere?.close();
});

const portOf = (url: string): string => new URL(url).port;

/** Opens a page of another site, as a victim would. */
async function foreignPage(): Promise<Page> {
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${(elsewhere.address() as AddressInfo).port}/`);
  return page;
}

/** What a script gets to see of a WebSocket, the right token in hand. */
function openSocket(
  page: Page,
  url: string,
  token: string,
): Promise<{ readonly frames: string[]; readonly code: number }> {
  return page.evaluate(
    ([address = "", secret = ""]) =>
      new Promise((resolve) => {
        const frames: string[] = [];
        const socket = new WebSocket(address);
        const client = { id: "test", version: "1", platform: "web", mode: "test" };
        const params = { minProtocol: 4, maxProtocol: 4, client, auth: { token: secret } };
        socket.addEventListener("open", () =>
          socket.send(JSON.stringify({ type: "req", id: "1", method: "connect", params })),
        );
        socket.addEventListener("message", ({ data }) => frames.push(String(data)));
        socket.addEventListener("close", ({ code }) => resolve({ frames, code }));
      }),
    [url, token],
  );
}

describe.skipIf(noBrowser !== undefined)("a page of another site", () => {
  test("gets not one frame over a WebSocket, even with the right token", async () => {
    const page = await foreignPage();
    expect(await openSocket(page, gateway.webSocketUrl, gateway.token)).toEqual({ frames: [], code: 1008 });
  });

  test("reads no answer over HTTP, even with the right token", async () => {
    const page = await foreignPage();
    const read = (url: string, headers: Record<string, string>) =>
      page.evaluate(
        ([address, all]) =>
          fetch(address, { headers: all }).then(
            (r) => r.status,
            () => "blocked",
          ),
        [url, headers] as const,
      );
    expect(await read(`${gateway.url}/v1/models`, { authorization: `Bearer ${gateway.token}` })).toBe("blocked");
    expect(await read(`${gateway.url}/v1/models`, {})).toBe("blocked");
    expect(await read(`${gateway.url}/health`, {})).toBe("blocked");
  });

  test("can't show the dashboard in a frame", async () => {
    const page = await foreignPage();
    const refused = page.waitForEvent("console", (message) => /frame-ancestors|X-Frame-Options/i.test(message.text()));
    await page.evaluate((url) => {
      const frame = document.createElement("iframe");
      frame.src = url;
      document.body.append(frame);
    }, gateway.url);
    expect((await refused).type()).toBe("error");
  });
});

describe.skipIf(noBrowser !== undefined)("a name that was rebound to this machine", () => {
  test("gets no page, no answer and no WebSocket, though the browser takes it for the gateway's own", async () => {
    const page = await browser.newPage();
    const origin = `${REBOUND}:${portOf(gateway.url)}`;
    const response = await page.goto(`http://${origin}/`);
    expect(response?.status()).toBe(403);
    expect(await response?.text()).toContain("gateway.allowedHosts");
    const status = await page.evaluate(
      (token) => fetch("/v1/models", { headers: { authorization: `Bearer ${token}` } }).then((answer) => answer.status),
      gateway.token,
    );
    expect(status).toBe(403);
    expect(await openSocket(page, `ws://${origin}/`, gateway.token)).toEqual({ frames: [], code: 1008 });
  });
});
