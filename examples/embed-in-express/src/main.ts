import { randomBytes } from "node:crypto";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createAgent, presets } from "@claw/agent";
import { createGateway, sharedSecret } from "@claw/gateway";
import { acceptUpgrades } from "@claw/gateway/node";
import { createModels } from "@claw/models";
import { ownerPolicy } from "@claw/policy";
import { virtualSandbox } from "@claw/sandbox-virtual";
import { sqliteStore } from "@claw/store-sqlite";
import { builtinTools } from "@claw/tools";
import { getRequestListener } from "@hono/node-server";
import express from "express";

// The gateway.
const token = process.env["CLAW_GATEWAY_TOKEN"] ?? randomBytes(32).toString("base64url");
const stateDir = process.env["CLAW_STATE_DIR"] ?? "state";
const store = sqliteStore({ stateDir });
// The offline demo answers; createModels({ env: process.env, default: "anthropic/claude-sonnet-5-5" }) asks a real one.
const models = createModels();
const gateway = createGateway({
  agents: [createAgent({ ...presets[0], models })],
  models,
  store,
  audit: store.audit,
  tools: builtinTools(),
  sandbox: {
    provider: virtualSandbox({ stateDir }),
    plan: ({ session }) => ({ spec: { key: session, workspace: { access: "none" }, network: "none" } }),
  },
  policy: ownerPolicy(),
  authenticate: sharedSecret("token", token),
});
await gateway.start();

// The app, with the gateway's HTTP under a path of its own.
const app = express();
// Before any middleware that reads bodies: the gateway reads its own, with its own limits.
app.use(
  "/claw",
  getRequestListener(
    (request, { incoming }) => gateway.fetch(request, { remoteAddress: incoming.socket.remoteAddress }),
    { overrideGlobalObjects: false },
  ),
);
app.get("/", (_request, response) => void response.send("An Express app with a gateway in it."));

// The server, with the gateway's WebSocket at the same path.
const server = createServer(app);
const closeSockets = acceptUpgrades(server, gateway, { path: "/claw" });
server.listen(Number(process.env["PORT"] ?? 3000), "127.0.0.1", () => {
  const { port } = server.address() as AddressInfo;
  console.log(`HTTP       http://127.0.0.1:${port}/claw/v1/chat/completions`);
  console.log(`WebSocket  ws://127.0.0.1:${port}/claw`);
  console.log(`Token      ${token}`);
});

for (const signal of ["SIGINT", "SIGTERM"]) {
  process.once(signal, async () => {
    await gateway.stop();
    closeSockets();
    server.close();
  });
}
