import { join } from "node:path";
import type { ResolvedAgent } from "@claw/config";
import { openConfig } from "../config/open-config.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { CommandError } from "../failure.ts";
import type { StateFlags } from "../gateway-flags.ts";

export interface SandboxSettings {
  readonly agent: string;
  readonly backend: ResolvedAgent["sandbox"]["backend"];
  readonly mode: ResolvedAgent["sandbox"]["mode"];
  readonly stateDir: string;
  readonly workspace: string;
  readonly access: ResolvedAgent["sandbox"]["workspaceAccess"];
  /** For people, as are the limits. */
  readonly network: readonly string[];
  readonly limits: string;
}

/** What the configuration says about an agent's sandbox. */
export async function sandboxSettings(flags: StateFlags, agent: string | undefined): Promise<SandboxSettings> {
  const { networkLines, parseConfig, resolveAgents } = await import("@claw/config");
  const { source, path, stateDir } = await openConfig(flags);
  const agents = resolveAgents(await parseConfig(source, { file: path }));
  const found = agent === undefined ? agents[0] : agents.find(({ id }) => id === agent);
  if (found === undefined) {
    const known = agents.map(({ id }) => id).join(", ");
    throw new CommandError(EXIT_CODES.usage, `There is no agent "${agent}" in ${path}; there is ${known}.`);
  }
  const { backend, mode, workspaceAccess, network, docker } = found.sandbox;
  const limits = [
    docker.memoryMb === undefined ? [] : [`${docker.memoryMb} MiB memory`],
    docker.cpus === undefined ? [] : [`${docker.cpus} CPUs`],
    docker.pidsLimit === undefined ? [] : [`${docker.pidsLimit} processes`],
  ].flat();
  return {
    agent: found.id,
    backend,
    mode,
    stateDir,
    workspace: found.workspace ?? join(stateDir, "workspace"),
    access: workspaceAccess,
    network: networkLines(network),
    limits: limits.length === 0 ? "the backend's defaults" : limits.join(", "),
  };
}
