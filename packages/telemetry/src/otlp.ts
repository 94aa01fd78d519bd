import type { PushMetricExporter } from "@opentelemetry/sdk-metrics";
import type { SpanExporter } from "@opentelemetry/sdk-trace";

/** A collector that speaks OTLP. */
export interface OtlpOptions {
  /** `http://host:4318` or `http://host:4317`; for HTTP, `/v1/traces` and `/v1/metrics` are added. */
  readonly endpoint: string;
  readonly protocol: "http/protobuf" | "grpc";
  /** Sent with every export; may hold a credential. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Share of the runs that are traced, 0 to 1. Default 1. */
  readonly sampleRatio?: number;
  /** Default 60,000. */
  readonly metricsIntervalMs?: number;
}

export interface Exporters {
  readonly spans: SpanExporter;
  readonly metrics: PushMetricExporter;
}

/** Only the protocol asked for is loaded: gRPC alone takes as much memory as all the rest. */
export async function createExporters({ endpoint, protocol, headers = {} }: OtlpOptions): Promise<Exporters> {
  if (protocol === "grpc") {
    const [{ OTLPTraceExporter }, { OTLPMetricExporter }, { Metadata }] = await Promise.all([
      import("@opentelemetry/exporter-trace-otlp-grpc"),
      import("@opentelemetry/exporter-metrics-otlp-grpc"),
      import("@grpc/grpc-js"),
    ]);
    const metadata = new Metadata();
    for (const [name, value] of Object.entries(headers)) metadata.set(name, value);
    const config = { url: endpoint, metadata };
    return { spans: new OTLPTraceExporter(config), metrics: new OTLPMetricExporter(config) };
  }
  const [{ OTLPTraceExporter }, { OTLPMetricExporter }] = await Promise.all([
    import("@opentelemetry/exporter-trace-otlp-proto"),
    import("@opentelemetry/exporter-metrics-otlp-proto"),
  ]);
  const config = (signal: string) => ({ url: `${endpoint.replace(/\/$/, "")}/v1/${signal}`, headers: { ...headers } });
  return { spans: new OTLPTraceExporter(config("traces")), metrics: new OTLPMetricExporter(config("metrics")) };
}
