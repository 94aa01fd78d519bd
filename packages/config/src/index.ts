// Find the file, read it.

// Show it.
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
export { initialConfig } from "./initial-config.ts";
export { configJsonSchema } from "./json-schema.ts";
export { hashConfig, type LoadConfigOptions, type LoadedConfig, loadConfig } from "./load-config.ts";
export { ConfigError, type ConfigErrorCode, type ConfigProblem } from "./problem.ts";
export { readConfigFile } from "./read-config-file.ts";
// What it says about an agent.
export { type ResolvedAgent, resolveAgents } from "./resolve-agents.ts";
export { type ResolvedPaths, type ResolvePathsOptions, resolvePaths } from "./resolve-paths.ts";
export { type Environment, REDACTED, redactConfig, type SecretReference } from "./secret.ts";
export { secretsIn } from "./secrets-in.ts";
export { type Config, parseConfig, type Validation, validateConfig } from "./validate.ts";
export { writeConfigFile } from "./write-config-file.ts";
