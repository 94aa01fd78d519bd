import type { ConfigSnapshot, ConfigWritten } from "@claw/protocol";
import type { ConfigFile } from "./config-file.ts";

/** A configuration file that takes every change and forgets it. */
export function configFile(changes: Partial<ConfigFile> = {}): ConfigFile {
  const written: ConfigWritten = {
    ok: true,
    path: "/nowhere/openclaw.json",
    hash: "h",
    config: {},
    changedPaths: [],
    restartRequired: [],
    issues: [],
  };
  return {
    snapshot: () => SNAPSHOT,
    degradedSecretOwners: () => [],
    reloadStatus: () => ({ hotReloadStatus: "ok", issues: [], restartRequired: [] }),
    schema: async () => ({ schema: {}, uiHints: {}, version: "1", generatedAt: "2026-01-01T00:00:00.000Z" }),
    lookUp: async (path) => ({
      path,
      schema: {},
      reloadKind: "hot",
      hint: { label: path },
      hintPath: path,
      children: [],
    }),
    patch: async () => written,
    replace: async () => written,
    reloadSecrets: async () => ({ ok: true, changedPaths: [], warningCount: 0 }),
    ...changes,
  };
}

const SNAPSHOT: ConfigSnapshot = {
  path: "/nowhere/openclaw.json",
  includedPaths: [],
  exists: true,
  valid: true,
  raw: JSON.stringify({ agents: { list: [{ id: "second" }] } }),
  parsed: {},
  sourceConfig: {},
  resolved: {},
  config: {},
  runtimeConfig: {},
  hash: "h",
  issues: [],
  warnings: [],
  restartRequired: [],
};
