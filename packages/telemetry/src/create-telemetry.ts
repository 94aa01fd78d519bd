import type { Clock, Logger, RunEvent } from "@claw/core";
import { silentLogger, systemClock } from "@claw/core";
import { PrometheusExporter, PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { resourceFromAttributes } from "@opentelemetry/resources";
import { MeterProvider } from "@opentelemetry/sdk-metrics";
import { type EgressTotals, observeEgress } from "./egress.ts";
import { type EventLoopDelay, watchEventLoop } from "./event-loop.ts";
import type { Export, ExportOptions } from "./export.ts";
import { type Gauges, observeGauges } from "./gauges.ts";
import { createInstruments } from "./instruments.ts";
import type { OtlpOptions } from "./otlp.ts";

export interface TelemetryOptions {
  readonly version: string;
  /** Asked whenever metrics are collected. */
  readonly gauges: () => Gauges;
  /** Asked then as well, where sandboxes have a network. */
  readonly egress?: () => EgressTotals;
  /** Where traces and metrics go; without it there are no traces. */
  readonly otlp?: OtlpOptions;
  readonly serviceName?: string;
  readonly log?: Logger;
  readonly clock?: Clock;
}

export interface Telemetry extends AsyncDisposable {
  /** Takes in one event of a run; never throws. */
  observe(event: RunEvent): void;
  /** All metrics in Prometheus' text format, version 0.0.4. */
  prometheus(): Promise<string>;
  /** Since there is this. */
  eventLoop(): EventLoopDelay;
}

const SCOPE = "claw";
/** What a stop gives to a collector that does not answer. */
const END_MS = 2_000;

/** Counts, times and traces a gateway's runs. Disposing of it sends what is waiting. */
export async function createTelemetry(options: TelemetryOptions): Promise<Telemetry> {
  const {
    version,
    gauges,
    egress,
    otlp,
    serviceName = "claw-gateway",
    log = silentLogger,
    clock = systemClock,
  } = options;
  const resource = resourceFromAttributes({ "service.name": serviceName, "service.version": version });
  const page = new PrometheusExporter({ preventServerStart: true });
  const serializer = new PrometheusSerializer();
  const exporting =
    otlp === undefined ? undefined : await loadExport({ otlp, resource, scope: SCOPE, version, clock, log });
  const meters = new MeterProvider({ resource, readers: exporting === undefined ? [page] : [page, exporting.reader] });
  const meter = meters.getMeter(SCOPE, version);
  const count = createInstruments(meter);
  const watching = watchEventLoop();
  observeGauges(meter, gauges, watching.delay);
  if (egress !== undefined) observeEgress(meter, egress);

  return {
    observe(event) {
      count(event);
      exporting?.trace(event);
    },
    async prometheus() {
      const { resourceMetrics, errors } = await page.collect();
      if (errors.length > 0) log.warn("some metrics could not be read", { errors: errors.map(String) });
      return serializer.serialize(resourceMetrics);
    },
    eventLoop: watching.delay,
    async [Symbol.asyncDispose]() {
      watching[Symbol.dispose]();
      const sent = Promise.allSettled([exporting?.end(), meters.shutdown()]);
      const { promise: late, resolve } = Promise.withResolvers<"late">();
      const cancel = clock.after(END_MS, () => resolve("late"));
      const ends = await Promise.race([sent, late]).finally(cancel);
      if (ends === "late") log.warn("the collector takes too long; what waited for it is dropped", { afterMs: END_MS });
    },
  };
}

/** What sends is loaded by those who send: most gateways never do. */
async function loadExport(options: ExportOptions): Promise<Export> {
  const { startExport } = await import("./export.ts");
  return startExport(options);
}
