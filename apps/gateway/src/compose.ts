import {
  type Environment,
  keepSchemaFile,
  type LoadedConfig,
  type ResolvedPaths,
  resolveAgents,
  secretsIn,
} from "@claw/config";
import { type Logger, systemClock } from "@claw/core";
import { createGateway, type Gateway, type RequestSource } from "@claw/gateway";
import { loadPrices } from "@claw/models";
import { toolSets } from "@claw/policy";
import { hostSandbox } from "@claw/sandbox-host";
import { sqliteStore } from "@claw/store-sqlite";
import { builtinTools } from "@claw/tools";
import { type Access, openAccess } from "./access.ts";
import { agentFiles } from "./agent-files.ts";
import { presetNames } from "./agents.ts";
import { buildSections, rebuildSections } from "./apply-config.ts";
import { type ConfigHost, configHost } from "./config-host.ts";
import type { Console, Facts } from "./console.ts";
import { withControlUi } from "./control-ui.ts";
import { dockerGuard } from "./docker-guard.ts";
import { type HotSite, workspaceOfAgent } from "./hot-sections.ts";
import { gatewayIdentity } from "./identity.ts";
import { createLog } from "./log.ts";
import { createRedactor, secretVariables } from "./redact.ts";
import { sandboxNetworks } from "./sandbox-network.ts";
import { sandboxPlan } from "./sandbox-plan.ts";
import { sandboxProviders } from "./sandbox-providers.ts";
import { saveMemoryAtRest } from "./save-memory.ts";
import type { StartConfig } from "./start-config.ts";
import { tailLogFile } from "./tail-log.ts";
import { gatewayTelemetry } from "./telemetry.ts";
import { openTls, type Tls } from "./tls.ts";
import { version } from "./version.ts";

export interface ComposeOptions extends StartConfig {
  readonly paths: ResolvedPaths;
  readonly env: Environment;
  readonly terminal: Console;
  readonly safeMode?: boolean | undefined;
}

export interface Composed {
  /** What it is composed by. */
  readonly loaded: LoadedConfig;
  readonly gateway: Gateway;
  /** Not watched yet. */
  readonly file: ConfigHost;
  /** The gateway's HTTP with the Control UI in front. */
  readonly fetch: (request: Request, from: RequestSource) => Response | Promise<Response>;
  /** Who gets in. */
  readonly access: Access;
  /** Absent without encryption. */
  readonly tls: Tls | undefined;
  readonly log: Logger;
  readonly facts: Facts;
  /** Loads ahead what the first turn would otherwise wait for. */
  readonly warm: () => Promise<void>;
  /** After the gateway has stopped. */
  readonly end: () => Promise<void>;
}

/** The bundled gateway: every part chosen by the configuration. */
export async function compose({ loaded, instead, paths, env, terminal, safeMode }: ComposeOptions): Promise<Composed> {
  const { config } = loaded;
  const { stateDir } = paths;
  const { redact, learn } = createRedactor();
  learn([...secretsIn(config), ...secretVariables(env), ...(paths.token === undefined ? [] : [paths.token])]);
  const log = createLog({ ...config.logging, file: config.logging.file, stateDir, redact }, terminal);
  const resolved = resolveAgents(config, presetNames);
  const store = sqliteStore({ stateDir, log });
  const tools = builtinTools();
  const access = await openAccess({ config, paths, clock: systemClock, log, learn });
  const tls = config.gateway.tls.enabled
    ? await openTls({ gateway: config.gateway, stateDir, clock: systemClock, log })
    : undefined;
  const telemetry = gatewayTelemetry({
    config: config.diagnostics,
    gateway: () => gateway,
    egress: () => networks.totals,
    log,
  });
  const networks = sandboxNetworks({ log });
  const workspaceOf = (agent: string): string => workspaceOfAgent(site.resolved, site.paths, agent);
  const guard = dockerGuard({
    ...{ mode: config.sandbox.docker?.proxy, runtime: config.sandbox.docker?.runtime, stateDir, workspaceOf, log },
    agents: () => site.resolved,
  });
  const { promise: calm, resolve: settle } = Promise.withResolvers<void>();
  const providers = sandboxProviders({
    stateDir,
    audit: store.audit,
    guard,
    calm,
    warm: config.sandbox.docker?.warm,
    engine: config.sandbox.docker,
    log,
    onProgress: terminal.progress,
  });
  const site: HotSite = {
    env,
    paths,
    log,
    tools,
    networks,
    providers,
    access,
    tls,
    telemetry,
    models: undefined,
    resolved,
  };
  const hot = { ...(await buildSections(config, site)), authenticate: access.authenticate };
  const host = hostSandbox({ stateDir });
  const provider =
    site.resolved.map(({ sandbox }) => providers.of(sandbox)).find((one) => one !== undefined) ??
    (site.resolved.some(({ sandbox }) => sandbox.host.enabled) ? host : undefined);
  let current = config;
  const elevated = () => current.tools.elevated;
  const places = sandboxPlan({ agents: () => site.resolved, workspaceOf, providers, host, elevated });
  const file = configHost({
    loaded,
    instead,
    env,
    version,
    clock: systemClock,
    log,
    audit: store.audit,
    learn,
    async apply(changed, keys) {
      const { parts, issues } = await rebuildSections(changed, keys, site);
      gateway.reconfigure(parts);
      current = changed;
      return issues;
    },
  });

  const gateway = createGateway({
    ...hot,
    builtInAgents: presetNames,
    store,
    tools,
    failedAttempts: store.failedAttempts,
    toolSets,
    agentFiles: agentFiles(workspaceOf),
    audit: store.audit,
    metrics: telemetry.metrics,
    eventLoop: telemetry.eventLoop,
    tailLog: tailLogFile(log.path, redact),
    config: file,
    identity: await gatewayIdentity(stateDir),
    prices: () => loadPrices(current.models.providers),
    ...(safeMode === undefined ? {} : { safeMode }),
    version,
    log,
    ...(provider === undefined ? {} : { sandbox: { provider, ...places, network: networks.serve } }),
  });

  const stopSaving = saveMemoryAtRest(gateway, systemClock);

  if (provider?.carriesNetwork !== true && networks.serve(resolved[0].id) !== undefined) {
    log.warn("this sandbox has no network, whatever sandbox.network says", { sandbox: provider?.name ?? "off" });
  }
  const open = site.resolved.filter(({ sandbox }) => sandbox.host.enabled).map(({ id }) => id);
  if (open.length > 0)
    log.warn("approved commands may run on this machine itself, without isolation", { agents: open });
  telemetry.attach();
  // Traces begin with the turns that a start takes up again.
  if (config.diagnostics.otel.enabled) await telemetry.load();
  const withPage = withControlUi(gateway.fetch, () => ({ allowedHosts: current.gateway.allowedHosts }));
  return {
    loaded,
    gateway,
    file,
    fetch: (request, from) => (current.gateway.controlUi.enabled ? withPage : gateway.fetch)(request, from),
    access,
    tls,
    log,
    facts: { version, model: site.models?.summary ?? "", sandbox: provider ?? NO_SANDBOX },
    async warm() {
      settle();
      if (!config.diagnostics.otel.enabled) await telemetry.load();
      await keepSchemaFile(loaded).catch((error: unknown) =>
        log.debug("the schema was not written", { error: String(error) }),
      );
      await site.models?.source.warm();
    },
    async end() {
      stopSaving();
      await networks[Symbol.asyncDispose]();
      await providers[Symbol.asyncDispose]();
      await guard[Symbol.asyncDispose]();
      await telemetry[Symbol.asyncDispose]();
    },
  };
}

const NO_SANDBOX = { name: "off", summary: "tools that need a sandbox are refused", limits: [] } as const;
