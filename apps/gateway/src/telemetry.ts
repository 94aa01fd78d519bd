import type { Config } from "@claw/config";
import type { Logger } from "@claw/core";
import type { Gateway } from "@claw/gateway";
import type { Telemetry } from "@claw/telemetry";
import { version } from "./version.ts";

export interface GatewayTelemetry extends AsyncDisposable {
  /** The page for Prometheus. */
  readonly metrics: () => Promise<string>;
  /** Takes in what the gateway does from now on. */
  attach(): Promise<void>;
}

export interface GatewayTelemetryOptions {
  readonly config: Config["diagnostics"];
  /** Asked for once there is one. */
  readonly gateway: () => Gateway;
  readonly log: Logger;
}

/** Loaded at the first use, so that no start waits for it. */
export function gatewayTelemetry({ config, gateway, log }: GatewayTelemetryOptions): GatewayTelemetry {
  let loading: Promise<Telemetry> | undefined;
  const load = (): Promise<Telemetry> => {
    loading ??= create();
    return loading;
  };

  async function create(): Promise<Telemetry> {
    const { createTelemetry } = await import("@claw/telemetry");
    const { enabled, endpoint, protocol, headers = {}, serviceName, sampleRatio, metricsIntervalSeconds } = config.otel;
    const otlp = { endpoint, protocol, headers, sampleRatio, metricsIntervalMs: metricsIntervalSeconds * 1_000 };
    const sending = enabled ? { otlp } : {};
    return createTelemetry({ version, serviceName, log, gauges: () => gateway().gauges(), ...sending });
  }

  return {
    metrics: async () => (await load()).prometheus(),
    async attach() {
      const { observe } = await load();
      gateway().subscribe(observe);
    },
    async [Symbol.asyncDispose]() {
      await (await loading)?.[Symbol.asyncDispose]();
    },
  };
}
