import { type Audit, type Bus, type Clock, type Logger, silentLogger, systemClock, type Tool } from "@claw/core";
import { type Audiences, createAudiences } from "../audiences.ts";
import { inProcessBus } from "../bus.ts";
import type { Peer } from "../connection/peers.ts";
import { logAudit } from "../defaults.ts";
import { createHub, type Hub } from "../events.ts";
import type { GatewayOptions } from "../options.ts";
import { createSettings, type Settings } from "../settings.ts";

/** What every part of a gateway stands on: its options with their defaults, its clients, and what is told to all. */
export interface Ground {
  readonly options: GatewayOptions;
  /** Those of the options that may change. */
  readonly settings: Settings;
  readonly store: GatewayOptions["store"];
  readonly channels: NonNullable<GatewayOptions["channels"]>;
  readonly tools: ReadonlyMap<string, Tool>;
  /** Whether there are any at all is known for good, and clients are told. */
  readonly models: Settings["models"] | undefined;
  readonly bus: Bus;
  readonly audit: Audit;
  readonly hub: Hub;
  readonly peers: Set<Peer>;
  readonly audiences: Audiences;
  readonly log: Logger;
  readonly clock: Clock;
  readonly version: string;
}

export function createGround(options: GatewayOptions): Ground {
  const { store, channels = [], tools = [], log = silentLogger, clock = systemClock, version = "0.0.0" } = options;
  const settings = createSettings(options);
  return {
    options,
    settings,
    store,
    channels,
    tools: new Map(tools.map((tool) => [tool.name, tool])),
    models: options.models && settings.models,
    bus: options.bus ?? inProcessBus(),
    audit: options.audit ?? logAudit(log),
    hub: createHub((error) => log.error("a listener failed", { error: String(error) })),
    peers: new Set(),
    audiences: createAudiences({ journal: store.journal, log }),
    log,
    clock,
    version,
  };
}
