import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { buffer } from "node:stream/consumers";
import { Server, ServerCredentials } from "@grpc/grpc-js";
import { expect, test } from "vitest";
import { createTelemetry } from "./create-telemetry.ts";
import { run } from "./run.fixture.ts";

const gauges = () => ({ connections: 0, turnsRunning: 0, turnsWaiting: 0, turnsLate: 0 });

/** What a collector got; names and attributes stand in protocol buffers as they are. */
interface Collector extends AsyncDisposable {
  readonly endpoint: string;
  readonly received: Map<string, { readonly body: Buffer; readonly credential: string | undefined }>;
}

async function httpCollector(): Promise<Collector> {
  const received: Collector["received"] = new Map();
  const server = createServer(async (request, response) => {
    received.set(request.url ?? "", { body: await buffer(request), credential: request.headers.authorization });
    response.writeHead(200, { "content-type": "application/x-protobuf" }).end();
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    received,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function grpcCollector(): Promise<Collector> {
  const received: Collector["received"] = new Map();
  const server = new Server();
  const bytes = (value: Buffer): Buffer => value;
  for (const [signal, service] of [
    ["traces", "opentelemetry.proto.collector.trace.v1.TraceService"],
    ["metrics", "opentelemetry.proto.collector.metrics.v1.MetricsService"],
  ] as const) {
    const Export = {
      path: `/${service}/Export`,
      requestStream: false,
      responseStream: false,
      requestSerialize: bytes,
      requestDeserialize: bytes,
      responseSerialize: bytes,
      responseDeserialize: bytes,
    };
    server.addService(
      { Export },
      {
        Export(
          call: { request: Buffer; metadata: { get(name: string): unknown[] } },
          answer: (error: null, value: Buffer) => void,
        ) {
          const credential = call.metadata.get("authorization").join();
          received.set(`/v1/${signal}`, { body: call.request, credential });
          answer(null, Buffer.alloc(0));
        },
      },
    );
  }
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync("127.0.0.1:0", ServerCredentials.createInsecure(), (error, bound) =>
      error === null ? resolve(bound) : reject(error),
    );
  });
  return {
    endpoint: `http://127.0.0.1:${port}`,
    received,
    async [Symbol.asyncDispose]() {
      server.forceShutdown();
    },
  };
}

test.each([
  ["http/protobuf", httpCollector],
  ["grpc", grpcCollector],
] as const)("a collector that speaks %s gets the trace of a run and the metrics", async (protocol, start) => {
  await using collector = await start();
  const otlp = { endpoint: collector.endpoint, protocol, headers: { authorization: "Bearer of-the-collector" } };
  {
    await using telemetry = await createTelemetry({ version: "1.2.3", gauges, otlp });
    for (const event of run) telemetry.observe(event);
  }
  const { body: traces, credential } = collector.received.get("/v1/traces") ?? {};
  for (const text of ["invoke_agent main", "chat gpt-x", "execute_tool exec", "agent:main:main", "claw-gateway"]) {
    expect(traces?.includes(text), text).toBe(true);
  }
  expect(traces?.includes("gen_ai.usage.output_tokens")).toBe(true);
  expect(traces?.includes("SECRET")).toBe(false);
  expect(credential).toBe("Bearer of-the-collector");
  const metrics = collector.received.get("/v1/metrics")?.body;
  expect(metrics?.includes("gen_ai.client.token.usage")).toBe(true);
});

test("a collector that is not there costs a line in the log and no run", async () => {
  const warnings: string[] = [];
  const log = { debug() {}, info() {}, error() {}, warn: (message: string) => void warnings.push(message) };
  const otlp = { endpoint: "http://127.0.0.1:9", protocol: "http/protobuf" } as const;
  {
    await using telemetry = await createTelemetry({ version: "1.2.3", gauges, otlp, log });
    for (const event of run) telemetry.observe(event);
  }
  expect(warnings.length).toBeGreaterThan(0);
});
