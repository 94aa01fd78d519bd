import { join } from "node:path";
import { type Config, type Environment, type ResolvedAgent, type ResolvedPaths, resolveAgents } from "@claw/config";
import { type Logger, type ModelSource, systemClock, type Tool } from "@claw/core";
import type { HotOptions } from "@claw/gateway";
import { firstOf, httpToolRules, ownerPolicy, runBudget } from "@claw/policy";
import { createAgents, presetNames, toolLayers } from "./agents.ts";
import { authentication } from "./authentication.ts";
import { type ChosenModels, chooseModels } from "./models.ts";
import { people } from "./people.ts";
import { routing } from "./routing.ts";
import { sessionOpening } from "./session-opening.ts";
import { sessionResolverFor } from "./session-resolver.ts";

/** What the sections are built with; each sees what the ones before it made. */
export interface HotSite {
  readonly env: Environment;
  readonly paths: ResolvedPaths;
  readonly log: Logger;
  readonly tools: readonly Tool[];
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
        policy: firstOf(routes.policy, ownerPolicy({ tools: toolLayers(config) })),
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
    name: "gateway.auth",
    keys: ["gateway.auth.token", "gateway.auth.password"],
    later: true,
    async build(config, { paths, log }) {
      const { authenticate } = await authentication({ config, paths, clock: systemClock, log });
      return { authenticate };
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
    keys: ["gateway.allowedHosts", "gateway.controlUi.allowedOrigins", "gateway.tools"],
    build: ({ gateway: { allowedHosts, controlUi, tools } }) => ({
      origins: { allowedHosts, allowedOrigins: controlUi.allowedOrigins },
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

function modelsOf({ models }: HotSite): ModelSource {
  if (models === undefined) throw new TypeError("models are built before the agents");
  return models.source;
}
