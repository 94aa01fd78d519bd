import { expect, test } from "vitest";
import { WebSocket } from "ws";
import { hello } from "../connect.fixture.ts";
import { startGateway } from "../gateway.fixture.ts";
import { listen } from "./listen.ts";

test("a listening gateway counts failures by the address of the socket", async () => {
  await using started = await startGateway();
  const listening = await listen(started.gateway, { host: "127.0.0.1", port: 0 });
  const url = `http://127.0.0.1:${listening.port}/v1/models`;
  for (let time = 0; time < 10; time++) {
    const headers = { authorization: "Bearer guess" };
    expect((await fetch(url, { headers })).status).toBe(401);
  }
  const authorization = "Bearer secret";
  expect((await fetch(url, { headers: { authorization } })).status).toBe(429);
  const elsewhere = new Request(url, { headers: { authorization } });
  expect((await started.gateway.fetch(elsewhere, { remoteAddress: "192.0.2.1" })).status).toBe(200);

  const socket = new WebSocket(`ws://127.0.0.1:${listening.port}/`);
  const frames: string[] = [];
  socket.on("message", (data) => {
    frames.push(data.toString());
    if (frames.length === 1) {
      socket.send(JSON.stringify({ type: "req", id: "c", method: "connect", params: hello("secret") }));
    }
  });
  await new Promise((resolve) => socket.once("close", resolve));
  expect(frames.at(-1)).toContain("AUTH_RATE_LIMITED");
  await listening.close();
});
