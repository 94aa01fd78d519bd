import type { Clock, Logger, RunEvent } from "@claw/core";
import { DiagLogLevel, diag } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import { type MetricReader, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import {
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import { createExporters, type OtlpOptions } from "./otlp.ts";
import { createTraces } from "./traces.ts";

export interface ExportOptions {
  readonly otlp: OtlpOptions;
  readonly resource: Resource;
  readonly scope: string;
  readonly version: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Export {
  /** Of the meters whose metrics are to be sent. */
  readonly reader: MetricReader;
  readonly trace: (event: RunEvent) => void;
  /** Sends the traces that wait. */
  end(): Promise<void>;
}

const DEFAULT_METRICS_INTERVAL_MS = 60_000;

/** Sends traces and metrics to a collector. One that can't be reached costs a line in the log and nothing else. */
export async function startExport({ otlp, resource, scope, version, clock, log }: ExportOptions): Promise<Export> {
  const say = (message: string): void => log.warn("telemetry is not sent", { reason: message.slice(0, 300) });
  diag.setLogger(
    { error: say, warn: say, info() {}, debug() {}, verbose() {} },
    { logLevel: DiagLogLevel.WARN, suppressOverrideMessage: true },
  );
  const exporters = await createExporters(otlp);
  const tracers = new TracerProvider({
    resource,
    sampler: new ParentBasedSampler({ root: new TraceIdRatioBasedSampler(otlp.sampleRatio ?? 1) }),
    spanProcessors: [new BatchSpanProcessor({ exporter: exporters.spans })],
  });
  return {
    reader: new PeriodicExportingMetricReader({
      exporter: exporters.metrics,
      exportIntervalMillis: otlp.metricsIntervalMs ?? DEFAULT_METRICS_INTERVAL_MS,
    }),
    trace: createTraces(tracers.getTracer(scope, version), () => clock.now().getTime()),
    end: () => tracers.shutdown(),
  };
}
