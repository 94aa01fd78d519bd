import type { ResolvedSandbox } from "./resolve-sandbox.ts";

/** Where tools run. `nowhere`: those that need a place refuse. */
export interface SandboxPlace {
  readonly place: "sandbox" | "host" | "nowhere";
  /** The configuration key that decided. */
  readonly rule: string;
  /** For people. */
  readonly reason: string;
}

/** In which conversation, and whether the one who asks is the gateway's owner or an admin and no agent. */
export interface SandboxCaller {
  readonly agent: string;
  readonly session: string;
  readonly owner: boolean;
}

/**
 * Where the tools of a call run. The host needs all of it: a mode that leaves the session out, `host.enabled`, and the
 * owner who asks.
 */
export function sandboxPlace(
  { mode, host, rules }: Pick<ResolvedSandbox, "mode" | "host" | "rules">,
  { agent, session, owner }: SandboxCaller,
): SandboxPlace {
  const byMode = rules["mode"] ?? "default";
  if (mode === "all") return { place: "sandbox", rule: byMode, reason: "every session has a sandbox" };
  if (mode === "non-main" && session !== `agent:${agent}:main`) {
    return { place: "sandbox", rule: byMode, reason: "every session but the owner's main one has a sandbox" };
  }
  const rule = rules["host.enabled"] ?? "default";
  if (host.enabled && owner)
    return { place: "host", rule, reason: `the mode "${mode}" leaves this session to the host` };
  const why = host.enabled ? "the host is for the owner and admins" : "running on the host is not allowed";
  if (mode === "off") return { place: "nowhere", rule: host.enabled ? rule : byMode, reason: `no sandbox, and ${why}` };
  return { place: "sandbox", rule, reason: `the main session, but ${why}` };
}
