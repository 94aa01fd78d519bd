import { type LoadedConfig, redactConfig } from "@claw/config";
import type { ConfigSnapshot } from "@claw/protocol";

/** The configuration as clients may see it: never with a secret in it. */
export function configSnapshot({ path, config, hash }: LoadedConfig): ConfigSnapshot {
  const shown = redactConfig(config);
  return {
    path,
    includedPaths: [],
    exists: true,
    valid: true,
    raw: null,
    parsed: shown,
    config: shown,
    hash,
    issues: [],
  };
}
