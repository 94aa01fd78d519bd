import type { Config } from "@claw/config";
import type { Logger } from "@claw/core";
import type { Gateway, GatewayEvent } from "@claw/gateway";
import type { EgressTotals, EventLoopDelay, Telemetry } from "@claw/telemetry";
import { version } from "./version.ts";

export interface GatewayTelemetry extends AsyncDisposable {
  /** The page for Prometheus. */
  readonly metrics: () => Promise<string>;
  /** Absent while nothing is loaded. */
  readonly eventLoop: () => EventLoopDelay | undefined;
  /** Takes in what the gateway does from now on; it counts once it is loaded. */
  attach(): void;
  /** Loads what counts it. */
  load(): Promise<void>;
  /** Sends as this says from now on; what is counted begins anew. Rejects when it can't, and then nothing changes. */
  change(config: Config["diagnostics"]): Promise<void>;
}

export interface GatewayTelemetryOptions {
  readonly config: Config["diagnostics"];
  /** Asked for once there is one. */
  readonly gateway: () => Pick<Gateway, "gauges" | "subscribe">;
  /** Asked later as well. */
  readonly egress: () => EgressTotals;
  readonly log: Logger;
}

/** Of what happens before it is loaded; a start brings a few. */
const MAX_EARLY = 10_000;

/** Loaded at the first use, so that no start waits for it. */
export function gatewayTelemetry({ config, gateway, egress, log }: GatewayTelemetryOptions): GatewayTelemetry {
  let wanted = config;
  let loading: Promise<Telemetry> | undefined;
  let loaded: Telemetry | undefined;
  let detach: (() => void) | undefined;
  const early: GatewayEvent[] = [];

  async function create({ otel }: Config["diagnostics"]): Promise<Telemetry> {
    const { createTelemetry } = await import("@claw/telemetry");
    const { enabled, endpoint, protocol, headers = {}, serviceName, sampleRatio, metricsIntervalSeconds } = otel;
    const otlp = { endpoint, protocol, headers, sampleRatio, metricsIntervalMs: metricsIntervalSeconds * 1_000 };
    const sending = enabled ? { otlp } : {};
    const made = await createTelemetry({
      version,
      serviceName,
      log,
      gauges: () => gateway().gauges(),
      egress,
      ...sending,
    });
    for (const event of early.splice(0)) made.observe(event);
    loaded = made;
    return made;
  }

  function load(): Promise<Telemetry> {
    loading ??= create(wanted);
    return loading;
  }

  return {
    metrics: async () => (await load()).prometheus(),
    eventLoop: () => loaded?.eventLoop(),
    attach() {
      detach ??= gateway().subscribe((event) => {
        if (loaded !== undefined) loaded.observe(event);
        else if (early.length < MAX_EARLY) early.push(event);
      });
    },
    async load() {
      await load();
    },
    async change(next) {
      const before = loading;
      wanted = next;
      if (before === undefined) return;
      const made = await create(next);
      loading = Promise.resolve(made);
      await (await before)[Symbol.asyncDispose]();
    },
    async [Symbol.asyncDispose]() {
      detach?.();
      await (await loading)?.[Symbol.asyncDispose]();
    },
  };
}
