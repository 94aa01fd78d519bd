import { networkLines } from "./network-lines.ts";
import type { ResolvedSandbox } from "./resolve-sandbox.ts";

/** One setting of a sandbox, for people; no secret. */
export interface SandboxValue {
  /** As below `sandbox` in the configuration, like `docker.memoryMb`. */
  readonly key: string;
  /** Of several lines where it is a list. */
  readonly value: string;
  /** The configuration key it comes from, or `default`. */
  readonly rule: string;
}

/** Every setting of a sandbox with where it comes from; limits that nobody set are left out. */
export function sandboxValues(sandbox: ResolvedSandbox): readonly SandboxValue[] {
  const { backend, mode, scope, workspaceAccess, network, docker, host, secretFiles, rules } = sandbox;
  const values = {
    mode,
    scope,
    backend,
    workspaceAccess,
    network: networkLines(network).join("\n"),
    ...Object.fromEntries(Object.entries(docker).map(([name, value]) => [`docker.${name}`, String(value)])),
    ...(Object.keys(secretFiles).length === 0 ? {} : { secretFiles: Object.keys(secretFiles).join("\n") }),
    "host.enabled": String(host.enabled),
  };
  return Object.entries(values).map(([key, value]) => ({ key, value, rule: rules[key] ?? "default" }));
}
