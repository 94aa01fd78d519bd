import type { Agent, ModelSource } from "@claw/core";
import { refuseEverybody } from "./auth.ts";
import { neverReset, noToolsOverHttp, simpleSessions, soleAgentRouter, steerAll, unlimited } from "./defaults.ts";
import { sandboxOnly } from "./exec-control.ts";
import { createSourceOf, type SourceOf } from "./forwarded.ts";
import type { HotOptions } from "./options.ts";
import { everybody } from "./people/people.ts";

/** The hot options with their defaults: one that is added to {@link HotOptions} gets its default here, and is live. */
function completed(options: HotOptions) {
  const [{ name }] = options.agents;
  return {
    policy: () => undefined,
    authenticate: refuseEverybody,
    authRateLimit: {},
    trustedProxies: [],
    sourceOf: createSourceOf(options.trustedProxies),
    people: everybody,
    origins: {},
    router: soleAgentRouter(name),
    resets: neverReset,
    queue: steerAll,
    resolveSession: simpleSessions(name),
    mayOpen: () => true,
    models: NO_MODELS,
    exec: sandboxOnly,
    toolsOverHttp: noToolsOverHttp,
    budget: unlimited,
    limits: {},
    ...options,
  } satisfies Required<HotOptions> & { readonly sourceOf: SourceOf };
}

type Completed = ReturnType<typeof completed>;

/** The {@link HotOptions} as they are at the time of use; each member stays the same object and can be handed round. */
export type Settings = Omit<Completed, "agents"> & {
  readonly agents: ReadonlyMap<string, Agent>;
  readonly defaultAgent: () => string;
  replace(parts: Partial<HotOptions>): void;
};

export function createSettings(options: HotOptions): Settings {
  let given = options;
  let current = completed(given);
  const agents = new Map<string, Agent>();
  listAgents();

  function listAgents(): void {
    agents.clear();
    for (const agent of current.agents) agents.set(agent.name, agent);
  }

  const standIns = Object.fromEntries(
    Object.keys(current).map((key) => [key, standIn(() => current[key as keyof Completed])]),
  );
  return {
    ...(standIns as unknown as Completed),
    agents,
    defaultAgent: () => current.agents[0].name,
    replace(parts) {
      given = { ...given, ...parts };
      current = completed(given);
      listAgents();
    },
  };
}

/** Called or read, it is what `current` says then. */
function standIn(current: () => object): object {
  return new Proxy(() => {}, {
    apply: (_target, _this, values) => Reflect.apply(current() as () => unknown, undefined, values),
    get: (_target, name) => Reflect.get(current(), name),
  });
}

const NO_MODELS: ModelSource = {
  resolve: async () => Promise.reject(new TypeError("there are no models")),
  list: () => [],
};
