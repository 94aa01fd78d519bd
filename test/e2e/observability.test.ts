import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { expect, test } from "vitest";
import { ask } from "./harness/chat.ts";
import { startGateway } from "./harness/gateway.ts";

const metricsOf = (gateway: { readonly url: string; readonly token: string }) =>
  fetch(`${gateway.url}/metrics`, { headers: { authorization: `Bearer ${gateway.token}` } });

test("what was done is on the metrics page, which takes a credential", async () => {
  await using gateway = await startGateway();
  const client = await gateway.connect();
  await ask(client, "hello");
  const page = await (await metricsOf(gateway)).text();
  expect(page).toMatch(/^claw_messages_accepted_total\{.*gen_ai_agent_name="default".*\} 1$/m);
  expect(page).toMatch(/^claw_runs_ended_total\{.*claw_run_state="done".*\} 1$/m);
  expect(page).toMatch(/^claw_connections\b.* 1$/m);
  expect(page).toMatch(/^gen_ai_client_operation_duration_count\{.*gen_ai_operation_name="chat".*\} 1$/m);
  expect((await fetch(`${gateway.url}/metrics`)).status).toBe(401);
  client.close();
});

test("a collector is sent the trace of a turn, at the latest when the gateway stops", async () => {
  const received = new Map<string, Buffer>();
  const collector = createServer(async (request, response) => {
    received.set(request.url ?? "", await buffer(request));
    response.writeHead(200).end();
  }).listen(0, "127.0.0.1");
  await once(collector, "listening");
  const endpoint = `http://127.0.0.1:${(collector.address() as AddressInfo).port}`;
  {
    await using gateway = await startGateway({ config: { diagnostics: { otel: { enabled: true, endpoint } } } });
    const client = await gateway.connect();
    await ask(client, "run-1", "a question that nobody else may read");
    client.close();
    expect((await gateway.stop()).code).toBe(0);
  }
  collector.close();
  const traces = received.get("/v1/traces");
  for (const name of ["invoke_agent default", "gen_ai.conversation.id", "journal", "chat "]) {
    expect(traces?.includes(name), name).toBe(true);
  }
  expect(traces?.includes("nobody else")).toBe(false);
  expect(received.get("/v1/metrics")?.includes("claw.runs.ended")).toBe(true);
});
