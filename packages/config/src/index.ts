// Find the file, read it.

// Check and show it.
export { disagreements } from "./agreement.ts";
export { changedPaths, withValuesOf } from "./changed-paths.ts";
export { type ConfigPath, formatConfigPath, parseConfigPath, valueAt } from "./config-path.ts";
// Change it.
export { type ConfigValue, editConfig } from "./edit-config.ts";
// What a gateway made for itself, and where it listens.
export { type GatewayFiles, gatewayFiles } from "./gateway-files.ts";
export { type GatewayHost, gatewayHost } from "./gateway-host.ts";
export {
  type GatewayToken,
  type PreviousToken,
  type RotateOptions,
  readGatewayToken,
  rotateGatewayToken,
} from "./gateway-token.ts";
export { type Imported, type ImportedKey, importConfig } from "./import/import-config.ts";
export { initialConfig } from "./initial-config.ts";
export { configJsonSchema } from "./json-schema.ts";
export { keepLastGood, lastGood, type Substitute, withoutBadSections } from "./last-good.ts";
export {
  hashConfig,
  includedFiles,
  type LoadConfigOptions,
  type LoadedConfig,
  loadConfig,
  sourceHash,
} from "./load-config.ts";
export { lookUpSchema, type SchemaChild, type SchemaLookup, type SchemaNode } from "./look-up-schema.ts";
export { mergePatch } from "./merge-patch.ts";
// What it says about an agent.
export { narrowSandbox } from "./narrow-sandbox.ts";
export { networkLines } from "./network-lines.ts";
export { parseConfigText } from "./parse-text.ts";
export { ConfigError, type ConfigErrorCode, type ConfigProblem, showProblem } from "./problem.ts";
export { readConfigFile } from "./read-config-file.ts";
export { type ReloadKind, reloadKindOf } from "./reload-kind.ts";
export { keepConfigCopy, replaceConfigFile } from "./replace-config-file.ts";
export { type ResolvedAgent, resolveAgents } from "./resolve-agents.ts";
export { type ResolvedPaths, type ResolvePathsOptions, resolvePaths } from "./resolve-paths.ts";
export type { ResolvedSandbox } from "./resolve-sandbox.ts";
export { rewriteConfig } from "./rewrite-config.ts";
export { type SandboxCaller, type SandboxPlace, sandboxPlace } from "./sandbox-place.ts";
export { type SandboxValue, sandboxValues } from "./sandbox-values.ts";
export { keepSchemaFile } from "./schema-file.ts";
export { type Environment, isSecretPath, REDACTED, redactConfig, type SecretReference } from "./secret.ts";
export { secretsIn } from "./secrets-in.ts";
export { type Config, parseConfig, type Validation, validateConfig } from "./validate.ts";
export { type WatchedFiles, watchFiles } from "./watch-files.ts";
export { writeConfigFile } from "./write-config-file.ts";
