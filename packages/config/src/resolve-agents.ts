import { narrowerAccess } from "./agreement.ts";
import { listedAgents } from "./listed-agents.ts";
import type { Config } from "./validate.ts";

type ListedAgent = Config["agents"]["list"][number];

/** One agent with everything the wider sections say filled in. */
export interface ResolvedAgent {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** `provider/model` or a role of `models.routing`; absent when the agent says neither. */
  readonly modelRole?: string;
  readonly systemPrompt?: string;
  /** Its own rules, under the top-level `tools`. */
  readonly tools?: NonNullable<ListedAgent["tools"]>;
  readonly workspace?: string;
  readonly sandbox: Config["sandbox"];
}

/**
 * The built-in agents and those of the file, the default one first: the only place where wider and narrower settings
 * meet. An entry of the file with a built-in's id changes that one. Of the sandbox, a key set nearest to the agent
 * wins; `workspaceAccess` and `mode` are the narrowest of all, and hosts that are denied anywhere stay denied.
 */
export function resolveAgents(
  config: Config,
  builtIn: readonly [string, ...string[]] = ["default"],
): readonly [ResolvedAgent, ...ResolvedAgent[]] {
  const list = listedAgents(config);
  const ids = new Set([...builtIn, ...list.map(({ id }) => id)]);
  const entries = [...ids].map((id): ListedAgent => list.find((agent) => agent.id === id) ?? { id });
  const ordered = entries.toSorted((a, b) => Number(b.default ?? false) - Number(a.default ?? false));
  const [first, ...rest] = ordered.map((agent) => resolveAgent(config, agent));
  return [first ?? resolveAgent(config, { id: builtIn[0] }), ...rest];
}

function resolveAgent(config: Config, agent: ListedAgent): ResolvedAgent {
  const { defaults } = config.agents;
  const workspace = agent.workspace ?? defaults.workspace;
  const modelRole = agent.model ?? agent.role;
  return {
    id: agent.id,
    name: agent.name ?? agent.id,
    description: agent.description ?? "",
    ...(modelRole === undefined ? {} : { modelRole }),
    ...(agent.systemPrompt === undefined ? {} : { systemPrompt: agent.systemPrompt }),
    ...(agent.tools === undefined ? {} : { tools: agent.tools }),
    ...(workspace === undefined ? {} : { workspace }),
    sandbox: resolveSandbox(config, agent),
  };
}

function resolveSandbox(config: Config, agent: ListedAgent): Config["sandbox"] {
  return narrow(narrow(config.sandbox, config.agents.defaults.sandbox), agent.sandbox);
}

function narrow(wider: Config["sandbox"], layer: ListedAgent["sandbox"] = {}): Config["sandbox"] {
  return {
    backend: layer.backend ?? wider.backend,
    mode: wider.mode === "off" ? "off" : (layer.mode ?? wider.mode),
    workspaceAccess: narrowerAccess(wider.workspaceAccess, layer.workspaceAccess ?? wider.workspaceAccess),
    network: nearerNetwork(wider.network, layer.network),
    docker: { ...wider.docker, ...layer.docker },
  };
}

type SandboxNetwork = Config["sandbox"]["network"];

function nearerNetwork(wider: SandboxNetwork, nearer: SandboxNetwork | undefined): SandboxNetwork {
  if (nearer === undefined || nearer === "none" || wider === "none") return nearer ?? wider;
  return { ...nearer, deny: [...wider.deny, ...nearer.deny] };
}
