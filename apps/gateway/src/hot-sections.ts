import { join } from "node:path";
import { type Config, type Environment, type ResolvedAgent, type ResolvedPaths, resolveAgents } from "@claw/config";
import type { ModelSource, Tool } from "@claw/core";
import type { HotOptions } from "@claw/gateway";
import { firstOf, hostCommands, httpToolRules, ownerPolicy, runBudget, strictest } from "@claw/policy";
import type { Access } from "./access.ts";
import { createAgents, presetNames, toolLayers } from "./agents.ts";
import { trustedProxiesOf } from "./authentication.ts";
import { execControl } from "./exec-control.ts";
import type { Log } from "./log.ts";
import { type ChosenModels, chooseModels } from "./models.ts";
import { people } from "./people.ts";
import { routing } from "./routing.ts";
import type { SandboxNetworks } from "./sandbox-network.ts";
import type { SandboxProviders } from "./sandbox-providers.ts";
import { sessionOpening } from "./session-opening.ts";
import { sessionResolverFor } from "./session-resolver.ts";
import type { GatewayTelemetry } from "./telemetry.ts";
import type { Tls } from "./tls.ts";

/** What the sections are built with; each sees what the ones before it made. */
export interface HotSite {
  readonly env: Environment;
  readonly paths: ResolvedPaths;
  readonly log: Log;
  readonly access: Access;
  /** Absent without encryption. */
  readonly tls: Tls | undefined;
  readonly telemetry: Pick<GatewayTelemetry, "change">;
  readonly tools: readonly Tool[];
  readonly networks: SandboxNetworks;
  readonly providers: SandboxProviders;
  /** By {@link sections}, from the configuration that counts now. */
  models: ChosenModels | undefined;
  resolved: readonly [ResolvedAgent, ...ResolvedAgent[]];
}

interface Section {
  readonly name: string;
  /** Built again when one of these changed, or something below it. */
  readonly keys: readonly string[];
  /** The start does this by itself. */
  readonly later?: true;
  build(config: Config, site: HotSite): Promise<Partial<HotOptions>> | Partial<HotOptions>;
}

/**
 * The parts of a gateway that follow its configuration while it runs, in the order of building. One that can't be built
 * stays as it was; the others go on. A new hot key goes to the section that reads it.
 */
export const sections: readonly Section[] = [
  {
    name: "models",
    keys: ["models", "agents.defaults.model"],
    async build(config, site) {
      site.models = await chooseModels(config, site.env);
      return { models: site.models.source };
    },
  },
  {
    name: "agents",
    keys: ["agents", "bindings", "broadcast", "limits", "messages", "models", "sandbox", "session", "tools"],
    build(config, site) {
      const resolved = resolveAgents(config, presetNames);
      const workspaceOf = (agent: string) => workspaceOfAgent(resolved, site.paths, agent);
      const agents = createAgents({ resolved, config, models: modelsOf(site), workspaceOf, tools: site.tools });
      const [first, ...others] = agents;
      const routes = routing(config, [first.name, ...others.map(({ name }) => name)]);
      site.resolved = resolved;
      return {
        agents,
        router: routes.router,
        resets: routes.resets,
        queue: routes.queue,
        resolveSession: sessionResolverFor(agents),
        policy: strictest(
          firstOf(routes.policy, ownerPolicy({ tools: toolLayers(config), host: resolved.some(hasHost) })),
          hostCommands(config.tools.exec),
        ),
        exec: execControl(config, (agent) => resolved.find(({ id }) => id === agent) ?? resolved[0]),
        budget: runBudget({ toolCallsPerRun: config.agents.defaults.maxSteps * 10 }),
        limits: {
          concurrentTurns: config.agents.defaults.maxConcurrent,
          turnsPerPerson: config.limits.perPerson.turns,
          turnsPerChannel: config.limits.perChannel.turns,
          queuedPerPerson: config.limits.perPerson.queued,
          turnTimeoutMs: config.agents.defaults.timeoutSeconds * 1_000,
          recoveries: config.agents.defaults.maxRecoveries,
        },
      };
    },
  },
  {
    name: "sandbox",
    keys: ["agents", "sandbox"],
    async build(_config, { providers, resolved }) {
      await providers.use(resolved);
      return {};
    },
  },
  {
    name: "sandbox.network",
    keys: ["agents", "sandbox"],
    build(_config, { networks, resolved }) {
      networks.use(resolved);
      return {};
    },
  },
  {
    name: "gateway.auth",
    keys: ["mode", "token", "password", "trustedProxy", "allowTailscale"].map((key) => `gateway.auth.${key}`),
    later: true,
    build: async (config, { access }) => ({ authenticate: await access.change(config) }),
  },
  {
    name: "gateway.auth.rotateEveryHours",
    keys: ["gateway.auth.rotateEveryHours", "gateway.auth.rotateOverlapMinutes"],
    later: true,
    build(config, { access }) {
      access.rotateBy(config);
      return {};
    },
  },
  {
    name: "gateway.trustedProxies",
    keys: ["gateway.trustedProxies", "gateway.auth.allowTailscale"],
    build: ({ gateway }) => ({ trustedProxies: trustedProxiesOf(gateway) }),
  },
  {
    name: "gateway.tls",
    keys: ["gateway.tls.certPath", "gateway.tls.keyPath", "gateway.tls.autoGenerate"],
    later: true,
    async build({ gateway }, { tls }) {
      await tls?.use(gateway);
      return {};
    },
  },
  {
    name: "diagnostics",
    keys: ["diagnostics"],
    later: true,
    async build({ diagnostics }, { telemetry }) {
      await telemetry.change(diagnostics);
      return {};
    },
  },
  {
    name: "logging",
    keys: ["logging"],
    later: true,
    build({ logging: { level, file } }, { log }) {
      log.change({ level, file });
      return {};
    },
  },
  {
    name: "people",
    keys: ["users", "roles", "agents"],
    build(config) {
      const known = people(config);
      return { people: known, mayOpen: sessionOpening(known) };
    },
  },
  {
    name: "gateway",
    keys: ["gateway.allowedHosts", "gateway.auth.rateLimit", "gateway.controlUi.allowedOrigins", "gateway.tools"],
    build: ({ gateway: { allowedHosts, auth, controlUi, tools } }) => ({
      origins: { allowedHosts, allowedOrigins: controlUi.allowedOrigins },
      authRateLimit: auth.rateLimit,
      toolsOverHttp: httpToolRules(tools),
    }),
  },
];

export function workspaceOfAgent(
  resolved: readonly ResolvedAgent[],
  { stateDir }: ResolvedPaths,
  agent: string,
): string {
  return resolved.find(({ id }) => id === agent)?.workspace ?? join(stateDir, "workspace");
}

const hasHost = ({ sandbox }: ResolvedAgent): boolean => sandbox.host.enabled;

function modelsOf({ models }: HotSite): ModelSource {
  if (models === undefined) throw new TypeError("models are built before the agents");
  return models.source;
}
