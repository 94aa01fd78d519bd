import type { Environment, SecretReference, SecretResolution } from "./secret.ts";
import { askCommand } from "./secret-command.ts";
import { readSecretFile, valueInFile } from "./secret-file.ts";
import type { SecretProvider, SecretsSettings } from "./secrets-schema.ts";

interface Group {
  readonly name: string;
  readonly provider: SecretProvider;
  readonly ids: string[];
}

/**
 * Finds what references name: each file is read and each command asked once. Never rejects: what is not found has its
 * reason, which holds no secret and nothing a command said.
 */
export async function resolveReferences(
  references: readonly SecretReference[],
  settings: SecretsSettings,
  env: Environment,
): Promise<(reference: SecretReference) => SecretResolution> {
  const groups = new Map<string, Group>();
  const found = new Map<string, SecretResolution>();
  for (const reference of references) {
    const named = providerOf(reference, settings);
    if ("problem" in named) {
      found.set(keyOf(reference), named);
      continue;
    }
    const group = groups.get(named.name) ?? { ...named, ids: [] };
    if (!group.ids.includes(reference.id)) group.ids.push(reference.id);
    groups.set(named.name, group);
  }
  const answers = new Map<string, (id: string) => SecretResolution>();
  await Promise.all([...groups.values()].map(async (group) => answers.set(group.name, await ask(group, env))));
  return (reference) => {
    const early = found.get(keyOf(reference));
    if (early !== undefined) return early;
    const named = providerOf(reference, settings);
    const answer = "name" in named ? answers.get(named.name) : undefined;
    return answer?.(reference.id) ?? { problem: "this secret was not looked up" };
  };
}

function providerOf(
  { source, provider: named }: SecretReference,
  { providers, defaults }: SecretsSettings,
): { readonly name: string; readonly provider: SecretProvider } | { readonly problem: string } {
  if (source === "store")
    return { problem: 'the source "store" comes with the encrypted store; use env, file or exec' };
  const name = named ?? defaults[source];
  if (name === undefined) return { problem: `names no provider, and secrets.defaults.${source} is not set` };
  const provider = providers[name];
  if (provider?.source === source) return { name: `${source} ${name}`, provider };
  if (source === "env" && name === defaults.env) return { name: `env ${name}`, provider: { source: "env" } };
  if (provider === undefined) return { problem: `there is no secrets.providers.${name}` };
  return { problem: `secrets.providers.${name} has the source "${provider.source}", not "${source}"` };
}

async function ask({ name, provider, ids }: Group, env: Environment): Promise<(id: string) => SecretResolution> {
  const label = `secrets.providers.${name.slice(name.indexOf(" ") + 1)}`;
  switch (provider.source) {
    case "env":
      return (id) => fromEnvironment(id, provider.allowlist, env, label);
    case "file": {
      const file = await readSecretFile(provider, label, env);
      return (id) => ("problem" in file ? file : valueInFile(file.content, id, label));
    }
    case "exec": {
      const answer = await askCommand(provider, { label, ids, env });
      return (id) =>
        "problem" in answer ? answer : (answer.values.get(id) ?? { problem: `${label} did not find it` });
    }
  }
}

function fromEnvironment(
  id: string,
  allowlist: readonly string[] | undefined,
  env: Environment,
  label: string,
): SecretResolution {
  if (allowlist !== undefined && !allowlist.includes(id)) return { problem: `${label}.allowlist does not hold ${id}` };
  const text = env[id];
  return text
    ? { text }
    : { problem: `the environment variable ${id} is not set; set it for the gateway, or write the value here` };
}

function keyOf({ source, provider, id }: SecretReference): string {
  return JSON.stringify([source, provider, id]);
}
