import type { ConfigPath } from "./config-path.ts";

/** The agents a file names, in `agents.list` first and then in `agents.entries`, each with its id. */
export function listedAgents<Agent extends { readonly id: string }>({
  agents: { list, entries },
}: {
  readonly agents: { readonly list: readonly Agent[]; readonly entries: Readonly<Record<string, Omit<Agent, "id">>> };
}): readonly Agent[] {
  // An entry is an agent but for the id, which is its key.
  return [...list, ...Object.entries(entries).map(([id, entry]) => ({ ...entry, id }) as Agent)];
}

/** Where the agent with this place among {@link listedAgents} is written. */
export function agentPath(agents: { readonly list: readonly unknown[] }, index: number, id: string): ConfigPath {
  return index < agents.list.length ? ["agents", "list", index] : ["agents", "entries", id];
}
