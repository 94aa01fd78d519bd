import { join } from "node:path";
import {
  type Environment,
  type LoadedConfig,
  type ResolvedAgent,
  type ResolvedPaths,
  resolveAgents,
  secretsIn,
} from "@claw/config";
import { type Logger, type SandboxSpec, systemClock } from "@claw/core";
import { createGateway, type Gateway, type RequestSource } from "@claw/gateway";
import { firstOf, httpToolRules, ownerPolicy, runBudget } from "@claw/policy";
import { sqliteStore } from "@claw/store-sqlite";
import { builtinTools } from "@claw/tools";
import { createAgents, presetNames, toolLayers } from "./agents.ts";
import { type Authentication, authentication } from "./authentication.ts";
import { configSnapshot } from "./config-snapshot.ts";
import type { Console, Facts } from "./console.ts";
import { withControlUi } from "./control-ui.ts";
import { createLog, logPath } from "./log.ts";
import { chooseModels } from "./models.ts";
import { secretVariables } from "./redact.ts";
import { routing } from "./routing.ts";
import { chooseSandbox } from "./sandbox.ts";
import { sessionResolverFor } from "./session-resolver.ts";
import { tailLogFile } from "./tail-log.ts";
import { gatewayTelemetry } from "./telemetry.ts";
import { version } from "./version.ts";

export interface ComposeOptions {
  readonly loaded: LoadedConfig;
  readonly paths: ResolvedPaths;
  readonly env: Environment;
  readonly terminal: Console;
}

export interface Composed {
  readonly gateway: Gateway;
  /** The gateway's HTTP with the Control UI in front. */
  readonly fetch: (request: Request, from: RequestSource) => Response | Promise<Response>;
  /** Who gets in. */
  readonly access: Authentication;
  readonly log: Logger;
  readonly facts: Facts;
  /** Loads ahead what the first turn would otherwise wait for. */
  readonly warm: () => Promise<void>;
  /** After the gateway has stopped. */
  readonly end: () => Promise<void>;
}

/** The bundled gateway: every part chosen by the configuration. */
export async function compose({ loaded, paths, env, terminal }: ComposeOptions): Promise<Composed> {
  const { config } = loaded;
  const { stateDir } = paths;
  const { level, file } = config.logging;
  const secrets = [...secretsIn(config), ...secretVariables(env), ...(paths.token === undefined ? [] : [paths.token])];
  const log = createLog({ level, file, stateDir, secrets }, terminal);
  const resolved = resolveAgents(config, presetNames);
  const workspaceOf = (agent: string): string =>
    resolved.find(({ id }) => id === agent)?.workspace ?? join(stateDir, "workspace");

  const sandboxSettings = resolved[0].sandbox;
  const [models, provider] = await Promise.all([
    chooseModels(config, env),
    sandboxSettings.mode === "off"
      ? undefined
      : chooseSandbox(sandboxSettings.backend, {
          stateDir,
          log,
          image: sandboxSettings.docker.image,
          onProgress: terminal.progress,
        }),
  ]);
  const store = sqliteStore({ stateDir, log });
  const tools = builtinTools();
  const agents = createAgents({ resolved, config, models: models.source, workspaceOf, tools });
  const [first, ...others] = agents;
  const routes = routing(config, [first.name, ...others.map(({ name }) => name)]);
  const access = await authentication({ loaded, paths, clock: systemClock, log });
  const { controlUi, allowedHosts } = config.gateway;

  const telemetry = gatewayTelemetry({ config: config.diagnostics, gateway: () => gateway, log });

  const gateway = createGateway({
    agents,
    store,
    tools,
    authenticate: access.authenticate,
    trustedProxies: access.trustedProxies,
    authRateLimit: config.gateway.auth.rateLimit,
    failedAttempts: store.failedAttempts,
    models: models.source,
    policy: firstOf(routes.policy, ownerPolicy({ tools: toolLayers(config) })),
    toolsOverHttp: httpToolRules(config.gateway.tools),
    budget: runBudget({ toolCallsPerRun: config.agents.defaults.maxSteps * 10 }),
    audit: store.audit,
    metrics: telemetry.metrics,
    tailLog: tailLogFile(logPath({ file, stateDir })),
    router: routes.router,
    resets: routes.resets,
    resolveSession: sessionResolverFor(agents),
    origins: { allowedHosts, allowedOrigins: controlUi.allowedOrigins },
    config: () => configSnapshot(loaded),
    limits: {
      concurrentTurns: config.agents.defaults.maxConcurrent,
      turnTimeoutMs: config.agents.defaults.timeoutSeconds * 1_000,
    },
    version,
    log,
    ...(provider === undefined
      ? {}
      : {
          sandbox: {
            provider,
            spec: (agent) =>
              sandboxSpec(resolved.find(({ id }) => id === agent)?.sandbox ?? sandboxSettings, workspaceOf(agent)),
          },
        }),
  });

  // Traces begin with the turns that a start takes up again.
  if (config.diagnostics.otel.enabled) await telemetry.attach();
  return {
    gateway,
    fetch: controlUi.enabled ? withControlUi(gateway.fetch, { allowedHosts }) : gateway.fetch,
    access,
    log,
    facts: { version, model: models.summary, sandbox: provider ?? NO_SANDBOX },
    async warm() {
      if (!config.diagnostics.otel.enabled) await telemetry.attach();
      await models.source.warm();
    },
    async end() {
      await telemetry[Symbol.asyncDispose]();
    },
  };
}

const NO_SANDBOX = { name: "off", summary: "tools that need a sandbox are refused", limits: [] } as const;

function sandboxSpec({ workspaceAccess, docker }: ResolvedAgent["sandbox"], path: string): Omit<SandboxSpec, "key"> {
  const { memoryMb, cpus, pidsLimit } = docker;
  return {
    workspace: workspaceAccess === "none" ? { access: "none" } : { access: workspaceAccess, path },
    network: "none",
    ...(memoryMb === undefined ? {} : { memoryMb }),
    ...(cpus === undefined ? {} : { cpus }),
    ...(pidsLimit === undefined ? {} : { pids: pidsLimit }),
  };
}
