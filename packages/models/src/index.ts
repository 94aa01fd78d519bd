// The models of a configuration.
export { createModels, type Models } from "./create-models.ts";
// Without a configuration.
export { demoModel } from "./demo/demo-model.ts";
export { type DetectedModels, type DetectModelsOptions, detectModels } from "./detect-models.ts";
export type { ModelErrorCode } from "./errors.ts";
export {
  choiceRefs,
  type ModelApi,
  type ModelChoice,
  type ModelDeclaration,
  type ModelRole,
  type ModelsOptions,
  type ProviderOptions,
} from "./options.ts";
// What they cost.
export { loadPrices } from "./prices.ts";
