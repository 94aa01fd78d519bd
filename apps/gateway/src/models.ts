import type { Config, Environment } from "@claw/config";
import { createModels, detectModels, type Models } from "@claw/models";

export interface ChosenModels {
  readonly source: Models;
  /** For people: what is used and why. */
  readonly summary: string;
}

/** The models of the configuration, or what this machine has when it names none. */
export async function chooseModels({ models, agents }: Config, env: Environment): Promise<ChosenModels> {
  const { providers, routing } = models;
  const chosen = agents.defaults.model;
  if (chosen !== undefined || Object.keys(providers).length > 0) {
    const first = chosen ?? firstModel(providers);
    const source = createModels({ providers, routing, env, ...(first === undefined ? {} : { default: first }) });
    return { source, summary: `${nameOf(first)}, as configured.` };
  }
  const detected = await detectModels({ env });
  return { source: createModels({ ...detected.options, routing, env }), summary: detected.summary };
}

function firstModel(providers: Config["models"]["providers"]): string | undefined {
  for (const [provider, { models: [model] = [] }] of Object.entries(providers)) {
    if (model !== undefined) return `${provider}/${model.id}`;
  }
  return undefined;
}

function nameOf(choice: ModelChoice | undefined): string {
  if (choice === undefined) return "Each provider's own default";
  return choiceRefs(choice).join(", then ");
}
