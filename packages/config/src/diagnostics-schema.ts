import * as z from "zod";
import { type SecretResolver, secretField } from "./fields.ts";

/** `diagnostics`: what a gateway tells of itself to other programs. */
export function diagnosticsSchema(resolve: SecretResolver) {
  const otel = z.strictObject({
    enabled: z.boolean().default(false).describe("Sends traces and metrics to a collector."),
    endpoint: z
      .url({ protocol: /^https?$/, error: "an http or https URL" })
      .default("http://127.0.0.1:4318")
      .describe("The collector; with http/protobuf, /v1/traces and /v1/metrics are added. gRPC's usual port is 4317."),
    protocol: z.enum(["http/protobuf", "grpc"]).default("http/protobuf").describe("What the collector speaks."),
    headers: z
      .record(z.string().min(1).max(128), secretField(resolve, "Value of the header."))
      .exactOptional()
      .describe("Sent with every export, for a collector that wants a credential."),
    serviceName: z.string().min(1).max(200).default("claw-gateway").describe("Name under which it appears."),
    sampleRatio: z.number().min(0).max(1).default(1).describe("Share of the runs that are traced."),
    metricsIntervalSeconds: z.number().int().min(1).max(3600).default(60).describe("How often metrics are sent."),
  });
  return z.strictObject({ otel: otel.prefault({}).describe("OpenTelemetry over OTLP.") });
}
