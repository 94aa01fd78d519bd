import { once } from "node:events";
import { request } from "node:http";
import { expect, test } from "vitest";
import { startGateway } from "./gateway.fixture.ts";
import { listen } from "./node/listen.ts";
import { queryCredentialProblem } from "./query-credentials.ts";

test.each(["token", "access_token", "Access-Token", "apiKey", "password", "device_token", "%74oken"])(
  "?%s=… is refused with what to do instead, and the value is not repeated",
  (name) => {
    for (const url of [`/?${name}=sesame`, `http://127.0.0.1/v1/models?a=1&${name}=sesame`]) {
      expect(queryCredentialProblem(url)).toContain("Authorization: Bearer");
      expect(queryCredentialProblem(url)).not.toContain("sesame");
    }
  },
);

test.each(["/", "/v1/models?limit=3", "/channels/x?hub.verify_token=1", "/?next=token", "/#token=x"])(
  "%s carries none",
  (url) => expect(queryCredentialProblem(url)).toBeUndefined(),
);

test("every path refuses the right token in its address, and so does an upgrade", async () => {
  await using started = await startGateway();
  // In front of it stands something that would answer everything else.
  const fetchFirst = (request: Request) =>
    request.url.includes("/page") ? new Response("a page") : started.gateway.fetch(request);
  const listening = await listen(started.gateway, { host: "127.0.0.1", port: 0, fetch: fetchFirst });
  try {
    const base = `http://127.0.0.1:${listening.port}`;
    for (const path of ["/health", "/v1/models", "/openapi.json", "/nothing", "/page"]) {
      const response = await fetch(`${base}${path}?token=secret`, { headers: { authorization: "Bearer secret" } });
      expect([path, response.status]).toEqual([path, 400]);
    }
    const upgrade = request(`${base}/?token=secret`, {
      headers: {
        connection: "Upgrade",
        upgrade: "websocket",
        "sec-websocket-version": "13",
        "sec-websocket-key": "AAAAAAAAAAAAAAAAAAAAAA==",
      },
    }).end();
    const [response] = await once(upgrade, "response");
    expect(response.statusCode).toBe(400);
    response.resume();
  } finally {
    await listening.close();
  }
});
