import type { ResolvedAgent, ResolvedSandbox } from "@claw/config";
import type { SandboxProvider } from "@claw/core";
import { chooseSandbox, type SandboxOptions } from "./sandbox.ts";

type Wanted = Pick<ResolvedSandbox, "backend" | "docker">;

/** The backends that agents ask for: one for each backend and image. Disposing of them ends what they keep ready. */
export interface SandboxProviders extends AsyncDisposable {
  /**
   * Finds what agents ask for and is not known yet; none that has no sandbox at all. Rejects with `SANDBOX_UNAVAILABLE`
   * for a backend that is named and not there.
   */
  use(agents: readonly Pick<ResolvedAgent, "sandbox">[]): Promise<void>;
  /** `undefined` when {@link use} has not found it. */
  of(sandbox: Wanted): SandboxProvider | undefined;
}

export type SandboxProvidersOptions = Omit<SandboxOptions, "docker">;

export function sandboxProviders(options: SandboxProvidersOptions, choose = chooseSandbox): SandboxProviders {
  const known = new Map<string, SandboxProvider>();
  return {
    async use(agents) {
      for (const { sandbox } of agents) {
        const key = keyOf(sandbox);
        if (sandbox.mode === "off" || known.has(key)) continue;
        known.set(key, await choose(sandbox.backend, { ...options, docker: sandbox.docker }));
      }
    },
    of: (sandbox) => known.get(keyOf(sandbox)),
    async [Symbol.asyncDispose]() {
      await Promise.all([...known.values()].map(async (provider) => provider[Symbol.asyncDispose]?.()));
    },
  };
}

function keyOf({ backend, docker }: Wanted): string {
  return JSON.stringify([backend, docker.image, docker.setupCommand, docker.setupAllow]);
}
