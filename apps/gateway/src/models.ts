import type { Config, Environment } from "@claw/config";
import { choiceRefs, createModels, detectModels, type ModelChoice, type Models } from "@claw/models";

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
    const source = createModels({ providers, routing, env, ...(chosen === undefined ? {} : { default: chosen }) });
    return { source, summary: `${nameOf(chosen) ?? defaultOf(source)}, as configured.` };
  }
  const detected = await detectModels({ env });
  return { source: createModels({ ...detected.options, routing, env }), summary: detected.summary };
}

function nameOf(choice: ModelChoice | undefined): string | undefined {
  return choice === undefined ? undefined : choiceRefs(choice).join(", then ");
}

function defaultOf(source: Models): string {
  return source.list().find(({ roles }) => roles.includes("default"))?.ref ?? "No model";
}
