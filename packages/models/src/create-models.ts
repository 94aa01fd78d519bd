import { ClawError, type Embedder, type Model, type ModelInfo, type ModelSource, systemClock } from "@claw/core";
import { closest } from "fastest-levenshtein";
import type { Target } from "./attempt.ts";
import { chainModel } from "./chain.ts";
import { DEMO_REF, demoModel } from "./demo/demo-model.ts";
import { createEmbedder } from "./embedder.ts";
import type { ModelErrorCode } from "./errors.ts";
import { languageModel } from "./language-model.ts";
import { choiceRefs, type ModelChoice, type ModelDeclaration, type ModelsOptions } from "./options.ts";
import { type Provider, resolveProviders } from "./providers.ts";

export interface Models extends ModelSource {
  /** Imports the library of the default model ahead of its first use. */
  warm(): Promise<void>;
  embedder(ref: string): Promise<Embedder>;
}

const roles = ["default", "planner", "coder", "fast", "vision"] as const;

/**
 * The models of a configuration. A role follows its fallbacks, a `provider/model` asked for by name is used alone.
 * Throws `MODEL_CONFIG`; a key that is missing or wrong shows at the first call of its provider.
 */
export function createModels(options: ModelsOptions = {}): Models {
  const providers = resolveProviders(options);
  const clock = options.clock ?? systemClock;
  const demo = demoModel();
  const standardChoice = options.default ?? firstConfigured(options, providers) ?? DEMO_REF;
  const resolved = new Map<string, Model>();

  function target(ref: string): Target {
    const [id, model] = split(ref);
    const provider = providers.get(id);
    const declared = provider?.models?.find((declaration) => declaration.id === model);
    if (provider === undefined || model === "" || (provider.models !== undefined && declared === undefined)) {
      throw unknownModel(ref, list());
    }
    return { ref, provider, model, ...(declared?.maxTokens === undefined ? {} : { maxTokens: declared.maxTokens }) };
  }

  function build(choice: ModelChoice): Model {
    const [first, ...rest] = choiceRefs(choice);
    if (first === undefined || first === DEMO_REF) return demo;
    const targets = [target(first), ...rest.map(target)] as const;
    const { provider, model } = targets[0];
    return chainModel(targets, clock, provider.models?.find(({ id }) => id === model)?.contextWindow);
  }

  const choiceOf = (role: string): ModelChoice | undefined => {
    if (!roles.some((known) => known === role)) return undefined;
    return options.routing?.[role as keyof NonNullable<ModelsOptions["routing"]>] ?? standardChoice;
  };

  let listed: readonly ModelInfo[] | undefined;
  function list(): readonly ModelInfo[] {
    listed ??= inventory();
    return listed;
  }

  function inventory(): readonly ModelInfo[] {
    const infos = new Map<string, ModelInfo>();
    const add = (provider: string, available: boolean, { id, name = id, contextWindow }: ModelDeclaration) => {
      const ref = `${provider}/${id}`;
      const serving = roles.filter((role) => choiceRefs(choiceOf(role) ?? [])[0] === ref);
      const window = contextWindow === undefined ? {} : { contextWindow };
      if (!infos.has(ref)) infos.set(ref, { ref, name, provider, available, roles: serving, ...window });
    };
    for (const { id, models, defaultModel, available } of providers.values()) {
      for (const model of models ?? (defaultModel === undefined ? [] : [{ id: defaultModel }]))
        add(id, available, model);
    }
    for (const ref of roles.flatMap((role) => choiceRefs(choiceOf(role) ?? []))) {
      const [provider, id] = split(ref);
      if (ref !== DEMO_REF) add(provider, providers.get(provider)?.available === true, { id });
    }
    add("demo", true, { id: "offline", name: "Offline demo" });
    return [...infos.values()];
  }

  return {
    async resolve(roleOrRef) {
      const known = resolved.get(roleOrRef) ?? build(choiceOf(roleOrRef) ?? fullRef(roleOrRef, list()));
      resolved.set(roleOrRef, known);
      return known;
    },
    list,
    async embedder(ref) {
      return createEmbedder(target(ref), clock);
    },
    providers: () =>
      [...providers.values()].map(({ id, name, credential, keySetting: setting }) => ({
        id,
        name,
        credential,
        setting,
      })),
    async warm() {
      const first = choiceRefs(choiceOf("default") ?? [])[0];
      if (first === undefined || first === DEMO_REF) return;
      const { provider, model } = target(first);
      await languageModel(provider, model);
    },
  };
}

/** Provider and model; the model's own name may hold slashes. */
function split(ref: string): readonly [provider: string, model: string] {
  const slash = ref.indexOf("/");
  return slash === -1 ? ["", ref] : [ref.slice(0, slash), ref.slice(slash + 1)];
}

function firstConfigured(options: ModelsOptions, providers: ReadonlyMap<string, Provider>): string | undefined {
  for (const id of Object.keys(options.providers ?? {})) {
    const { available, models, defaultModel } = providers.get(id) ?? {};
    const model = models?.[0]?.id ?? defaultModel;
    if (available && model !== undefined) return `${id}/${model}`;
  }
  return undefined;
}

/** A bare model id stands for the one listed model of that id. */
function fullRef(ref: string, infos: readonly ModelInfo[]): string {
  const matches = infos.filter((info) => info.ref === `${info.provider}/${ref}`);
  const [match] = matches;
  return match !== undefined && matches.length === 1 ? match.ref : ref;
}

function unknownModel(ref: string, infos: readonly ModelInfo[]): ClawError {
  const nearest = closest(
    ref,
    infos.map((info) => info.ref),
  );
  return new ClawError<ModelErrorCode>(
    "MODEL_UNKNOWN",
    `There is no model "${ref}". Expected a role (${roles.join(", ")}) or provider/model; the nearest known is "${nearest}".`,
  );
}
