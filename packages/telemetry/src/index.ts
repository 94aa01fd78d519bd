// What a gateway does, in numbers and traces.

export { createTelemetry, type Telemetry, type TelemetryOptions } from "./create-telemetry.ts";
export type { EgressTotals } from "./egress.ts";
export type { EventLoopDelay } from "./event-loop.ts";
export type { Gauges } from "./gauges.ts";
export type { OtlpOptions } from "./otlp.ts";
