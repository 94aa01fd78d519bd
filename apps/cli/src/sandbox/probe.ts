import type { SandboxProvider } from "@claw/core";
import type { SandboxStatus } from "@claw/protocol";
import type { SandboxSettings } from "./settings.ts";

export type Backend = Exclude<SandboxSettings["backend"], "auto">;
type Probe = { readonly provider: SandboxProvider } | { readonly missing: string };

export interface Probed extends SandboxStatus {
  /** Backends that `auto` would have preferred, and why they are not there. */
  readonly missing: readonly { readonly backend: string; readonly reason: string }[];
}

/** As `auto` tries them: real isolation first. */
export const ORDER: readonly Backend[] = ["docker", "bwrap", "virtual"];

/** What this machine would give a gateway with these settings. Starts nothing. */
export async function probeSandbox(backend: SandboxSettings["backend"], stateDir: string): Promise<Probed> {
  const missing: { readonly backend: string; readonly reason: string }[] = [];
  for (const name of backend === "auto" ? ORDER : [backend]) {
    const probe = await probeBackend(name, stateDir);
    if ("provider" in probe) {
      const { summary, limits } = probe.provider;
      return { backend: name, summary, limits, state: "ready", missing };
    }
    missing.push({ backend: name, reason: probe.missing });
  }
  const reason = missing.map(({ reason }) => reason).join(" ");
  const summary = "Tools that run commands or touch files refuse; nothing runs on the host instead.";
  return { backend, summary, limits: [], state: "unavailable", reason, missing: [] };
}

/** Whether a backend works on this machine. Starts nothing. */
export const probeBackend = (name: Backend, stateDir: string): Promise<Probe> => probes[name](stateDir);

const probes: Readonly<Record<Backend, (stateDir: string) => Promise<Probe>>> = {
  async docker(stateDir) {
    const { dockerSandbox, probeDocker } = await import("@claw/sandbox-docker");
    const { reachable, reason } = await probeDocker();
    return reachable ? { provider: dockerSandbox({ stateDir }) } : { missing: reason };
  },
  async bwrap(stateDir) {
    const { bwrapSandbox, probeBwrap } = await import("@claw/sandbox-bwrap");
    const probe = await probeBwrap();
    return probe.available ? { provider: bwrapSandbox({ stateDir }) } : { missing: probe.reason };
  },
  async virtual(stateDir) {
    const { virtualSandbox } = await import("@claw/sandbox-virtual");
    return { provider: virtualSandbox({ stateDir }) };
  },
};
