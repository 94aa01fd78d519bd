import { join } from "node:path";
import type { ResolvedAgent, ResolvedSandbox, SandboxPlace, SandboxValue } from "@claw/config";
import { openConfig } from "../config/open-config.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { CommandError } from "../failure.ts";
import type { StateFlags } from "../gateway-flags.ts";

export interface SandboxSettings extends SandboxPlace {
  readonly agentId: string;
  readonly sessionKey: string;
  readonly backend: ResolvedSandbox["backend"];
  readonly stateDir: string;
  readonly values: readonly SandboxValue[];
}

export interface Explained {
  readonly agent: string | undefined;
  /** A whole key, or a name within the agent. */
  readonly session: string | undefined;
}

/** What the configuration says about an agent's sandbox, for its owner. */
export async function sandboxSettings(flags: StateFlags, { agent, session }: Explained): Promise<SandboxSettings> {
  const { sandboxPlace, sandboxValues } = await import("@claw/config");
  const wanted = agent ?? (session?.startsWith("agent:") ? session.split(":")[1] : undefined);
  const { agent: found, stateDir } = await configuredAgent(flags, wanted);
  const { id, sandbox } = found;
  const sessionKey = session?.startsWith("agent:") ? session : `agent:${id}:${session ?? "main"}`;
  const workspace = {
    key: "workspace",
    value: found.workspace ?? join(stateDir, "workspace"),
    rule: found.workspace === undefined ? "default" : `agent ${id}`,
  };
  return {
    ...sandboxPlace(sandbox, { agent: id, session: sessionKey, owner: true }),
    agentId: id,
    sessionKey,
    backend: sandbox.backend,
    stateDir,
    values: [workspace, ...sandboxValues(sandbox)],
  };
}

/** An agent as the configuration file has it, the default one without an id. */
export async function configuredAgent(
  flags: StateFlags,
  id: string | undefined,
): Promise<{ readonly agent: ResolvedAgent; readonly stateDir: string }> {
  const { parseConfig, resolveAgents } = await import("@claw/config");
  const { source, path, stateDir } = await openConfig(flags);
  const agents = resolveAgents(await parseConfig(source, { file: path }));
  const agent = id === undefined ? agents[0] : agents.find((one) => one.id === id);
  if (agent !== undefined) return { agent, stateDir };
  const known = agents.map((one) => one.id).join(", ");
  throw new CommandError(EXIT_CODES.usage, `There is no agent "${id}" in ${path}; there is ${known}.`);
}
