import { type AgentPreset, type ContextOptions, createAgent, presets, workspaceFiles } from "@claw/agent";
import type { Config, ResolvedAgent } from "@claw/config";
import type { Agent, ModelSource, Tool } from "@claw/core";
import { type ToolPolicyOptions, toolRules } from "@claw/policy";

export interface AgentsOptions {
  readonly config: Config;
  /** From `resolveAgents`, the default one first. */
  readonly resolved: readonly ResolvedAgent[];
  readonly models: ModelSource;
  readonly workspaceOf: (agent: string) => string;
  readonly tools: readonly Tool[];
}

/** The agents of a configuration: the presets, changed or joined by `agents.list` and `agents.entries`. */
export function createAgents(options: AgentsOptions): readonly [Agent, ...Agent[]] {
  const { config, resolved, models, workspaceOf, tools } = options;
  const rules = toolRules(toolLayers(config));
  const [first, ...rest] = resolved.map((agent) => {
    const preset = presetOf(agent.id);
    const offered = tools.map(({ name }) => name).filter((name) => rules(agent.id, name).effect !== "deny");
    return createAgent({
      name: agent.id,
      displayName: agent.name,
      description: agent.description || preset.description,
      prompt: agent.systemPrompt ?? preset.prompt,
      role: agent.modelRole ?? preset.role,
      tools: preset.tools === undefined ? offered : offered.filter((name) => preset.tools?.includes(name)),
      models,
      files: workspaceFiles(workspaceOf(agent.id)),
      maxSteps: config.agents.defaults.maxSteps,
      context: contextOptions(config.agents.defaults),
    });
  });
  if (first === undefined) throw new TypeError("a configuration has at least one agent");
  return [first, ...rest];
}

/** How conversations are kept within a window, in the agent's own words. */
function contextOptions({ compaction, contextPruning }: Config["agents"]["defaults"]): ContextOptions {
  const { timeoutSeconds, ...rest } = compaction;
  const { mode, keepLastAssistants, ...pruning } = contextPruning;
  return {
    compaction: { ...rest, timeoutMs: timeoutSeconds * 1_000 },
    pruning: {
      ...pruning,
      mode: mode === "off" ? "off" : "on",
      ...(keepLastAssistants === undefined ? {} : { keepLastSteps: keepLastAssistants }),
    },
  };
}

/** Every layer of tool rules in a configuration. */
export function toolLayers({ tools, agents: { list, entries } }: Config): ToolPolicyOptions {
  return { ...tools, agents: list, entries };
}

const [first, ...others] = presets;
export const presetNames: readonly [string, ...string[]] = [first.name, ...others.map(({ name }) => name)];

/** An agent that is none of the presets starts as the all-rounder. */
function presetOf(id: string): AgentPreset {
  return presets.find(({ name }) => name === id) ?? presets[0];
}
