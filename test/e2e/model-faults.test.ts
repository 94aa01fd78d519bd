import type { GatewayClient } from "@claw/client";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ask } from "./harness/chat.ts";
import { type Answer, type FakeModel, type Piece, startFakeModel } from "./harness/fake-model.ts";
import { type RunningGateway, startGateway } from "./harness/gateway.ts";

const faults: Readonly<Record<string, () => Iterable<Piece> | AsyncIterable<Piece>>> = {
  "401": () => [{ status: 401, body: { error: { message: "Incorrect API key provided: fake-key" } } }],
  "429": () => [{ status: 429, headers: { "retry-after": "3600" }, body: { error: { message: "slow down" } } }],
  "500": () => [{ status: 500, body: { error: { message: "the server's own fault" } } }],
  garbage: () => [{ status: 200, body: "<html>Welcome to the router</html>" }],
  silence: () => new ReadableStream(),
};

/** Answers as the user's message asks: a fault by its name, anything else politely. */
const faulty: Answer = ({ body: { messages } }) => {
  const asked = String(messages.at(-1)?.content);
  return faults[asked]?.() ?? [{ text: `no fault in ${asked}` }];
};

let model: FakeModel;
let gateway: RunningGateway;
let client: GatewayClient;
beforeAll(async () => {
  model = await startFakeModel(faulty);
  const { providers } = model.config.models as { readonly providers: { readonly fake: object } };
  const models = { providers: { fake: { ...providers.fake, timeoutSeconds: 1 } } };
  gateway = await startGateway({ config: { ...model.config, models } });
  client = await gateway.connect();
});
afterAll(async () => {
  client.close();
  await gateway[Symbol.asyncDispose]();
  await model[Symbol.asyncDispose]();
});

test.concurrent.for([
  ["401", /refuses the API key.*models\.providers\.fake\.apiKey/],
  ["429", /limits how often it may be asked.*3600 s/],
  ["500", /problem of its own \(status 500\).*the server's own fault/],
  ["garbage", /models\.providers\.fake\.baseUrl/],
  ["silence", /silent for 1 s.*models\.providers\.fake\.timeoutSeconds/],
] as const)("a model server's %s is an error that says what to do, and the session goes on", async ([fault, says]) => {
  const failed = await ask(client, `${fault}-1`, fault, `session-${fault}`);
  expect(failed).toMatchObject({ state: "error", errorMessage: expect.stringMatching(says) });
  expect(JSON.stringify(failed)).not.toContain("fake-key");
  const after = await ask(client, `${fault}-2`, "that", `session-${fault}`);
  expect(after).toMatchObject({ state: "final", message: { content: [{ text: "no fault in that" }] } });
});
