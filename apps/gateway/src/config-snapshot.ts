import { type LoadedConfig, redactConfig } from "@claw/config";
import type { ConfigSnapshot } from "@claw/protocol";

/** The configuration as clients may see it: never with a secret in it. */
export function configSnapshot({ path, config, tree, included, hash }: LoadedConfig): ConfigSnapshot {
  return {
    path,
    includedPaths: included.map((file) => file.path),
    exists: true,
    valid: true,
    raw: null,
    parsed: redactConfig(tree),
    config: redactConfig(config),
    hash,
    issues: [],
  };
}
