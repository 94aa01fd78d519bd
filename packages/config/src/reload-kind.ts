import type { ConfigPath } from "./config-path.ts";

/** `hot`: a running gateway takes a change on. `restart`: it waits for the next start. */
export type ReloadKind = "hot" | "restart";

/**
 * The longest entry that a path begins with decides; `*` is any key or place in a list. What no entry covers waits for a
 * restart.
 */
const RELOAD_KINDS: Readonly<Record<string, ReloadKind>> = {
  $schema: "hot",
  agents: "hot",
  "agents.defaults.sandbox.backend": "restart",
  "agents.defaults.sandbox.mode": "restart",
  "agents.defaults.sandbox.docker.image": "restart",
  bindings: "hot",
  broadcast: "hot",
  diagnostics: "hot",
  "gateway.allowedHosts": "hot",
  "gateway.auth": "hot",
  "gateway.controlUi": "hot",
  "gateway.reload": "hot",
  "gateway.tls.autoGenerate": "hot",
  "gateway.tls.certPath": "hot",
  "gateway.tls.keyPath": "hot",
  "gateway.tools": "hot",
  "gateway.trustedProxies": "hot",
  limits: "hot",
  logging: "hot",
  messages: "hot",
  models: "hot",
  roles: "hot",
  sandbox: "hot",
  "sandbox.backend": "restart",
  "sandbox.mode": "restart",
  "sandbox.docker.image": "restart",
  "sandbox.docker.proxy": "restart",
  "sandbox.docker.warm": "restart",
  "sandbox.docker.runtime": "restart",
  "sandbox.docker.waive": "restart",
  secrets: "hot",
  session: "hot",
  tools: "hot",
  users: "hot",
};

const TABLE = Object.entries(RELOAD_KINDS).map(([path, kind]) => ({ parts: path.split("."), kind }));

/** Whether a change at `path` needs a restart. */
export function reloadKindOf(path: ConfigPath): ReloadKind {
  const fits = TABLE.filter(({ parts }) => parts.every((part, index) => part === "*" || part === String(path[index])));
  return fits.sort((a, b) => b.parts.length - a.parts.length)[0]?.kind ?? "restart";
}
