import { listedAgents } from "./listed-agents.ts";
import { publicReach } from "./public-reach.ts";
import { type ResolvedSandbox, resolveSandbox } from "./resolve-sandbox.ts";
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
  readonly sandbox: ResolvedSandbox;
}

/**
 * The built-in agents and those of the file, the default one first: the only place where wider and narrower settings
 * meet. An entry of the file with a built-in's id changes that one. The sandbox is {@link resolveSandbox}'s.
 */
export function resolveAgents(
  config: Config,
  builtIn: readonly [string, ...string[]] = ["default"],
): readonly [ResolvedAgent, ...ResolvedAgent[]] {
  const list = listedAgents(config);
  const ids = new Set([...builtIn, ...list.map(({ id }) => id)]);
  const entries = [...ids].map((id): ListedAgent => list.find((agent) => agent.id === id) ?? { id });
  const [first = { id: builtIn[0] }, ...rest] = entries.toSorted(
    (a, b) => Number(b.default ?? false) - Number(a.default ?? false),
  );
  return [resolveAgent(config, first, true), ...rest.map((agent) => resolveAgent(config, agent, false))];
}

function resolveAgent(config: Config, agent: ListedAgent, isDefault: boolean): ResolvedAgent {
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
    sandbox: resolveSandbox(config, agent.id, publicReach(config, agent.id, isDefault)),
  };
}
