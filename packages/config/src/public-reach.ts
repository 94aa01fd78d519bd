import { formatConfigPath } from "./config-path.ts";
import type { Config } from "./validate.ts";

type Reaching = Pick<Config, "agents" | "bindings" | "broadcast" | "channels">;

/**
 * The configuration key by which people of a chat channel reach an agent: a binding, a broadcast group, or that it is
 * the default one and there are channels. `undefined` when only clients of the gateway reach it.
 */
export function publicReach(config: Reaching, agent: string, isDefault: boolean): string | undefined {
  const { agents, bindings, broadcast, channels } = config;
  const bound = bindings.findIndex(({ agentId }) => agentId === agent);
  if (bound >= 0) return formatConfigPath(["bindings", bound]);
  const group = Object.entries(broadcast).find(([, one]) => agentsIn(one).includes(agent));
  if (group !== undefined) return formatConfigPath(["broadcast", group[0]]);
  return isDefault && agents.ownership === undefined && Object.keys(channels).length > 0 ? "channels" : undefined;
}

function agentsIn(group: Config["broadcast"][string]): readonly string[] {
  if (typeof group === "string") return [];
  return "agents" in group ? group.agents : group;
}
