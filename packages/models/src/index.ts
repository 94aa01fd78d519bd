// The models of a configuration.
export { createModels, type Models } from "./create-models.ts";
// Without a configuration.
export { demoModel } from "./demo/demo-model.ts";
export { type DetectedModels, type DetectModelsOptions, detectModels } from "./detect-models.ts";
export type { ModelErrorCode } from "./errors.ts";
export type {
  ModelApi,
  ModelChoice,
  ModelDeclaration,
  ModelRole,
  ModelsOptions,
  ProviderOptions,
} from "./options.ts";
