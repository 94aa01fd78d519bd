import type { ResolvedSandbox } from "@claw/config";
import { type Audit, ClawError, type Logger, type SandboxProvider } from "@claw/core";
import type { DockerSandboxOptions } from "@claw/sandbox-docker";
import type { DockerGuard } from "./docker-guard.ts";
import { type Candidate, firstWorking } from "./first-working.ts";
import { imageSetup } from "./image-setup.ts";

type Backend = Exclude<ResolvedSandbox["backend"], "auto">;

export interface SandboxOptions {
  readonly stateDir: string;
  readonly docker: ResolvedSandbox["docker"];
  /** Where what a setup command connects to is recorded. */
  readonly audit: Audit;
  /** Containers kept ready for each workspace in use. Default 1. */
  readonly warm: number | undefined;
  /** What a Docker engine must have and may lack. */
  readonly engine?: Pick<DockerSandboxOptions, "runtime" | "waive"> | undefined;
  /** What stands between the gateway and the engine. */
  readonly guard: Pick<DockerGuard, "through">;
  /** Resolves when there is time to load what makes images; who needs a sandbox before does not wait for it. */
  readonly calm?: Promise<void>;
  readonly log: Logger;
  /** Each line of progress while an image is pulled or built; `undefined` once that is over. */
  readonly onProgress: (line: string | undefined) => void;
}

/** In the order `auto` tries them: real isolation first. */
const AUTO: readonly Backend[] = ["docker", "bwrap", "virtual"];

/**
 * The sandbox a configuration asks for. A backend that is named and not there rejects with `SANDBOX_UNAVAILABLE` and
 * the way to mend it; nothing ever falls back to the host.
 */
export async function chooseSandbox(
  backend: ResolvedSandbox["backend"],
  options: SandboxOptions,
): Promise<SandboxProvider> {
  if (backend !== "auto") {
    const probe = await probes[backend](options);
    if ("missing" in probe) throw new ClawError("SANDBOX_UNAVAILABLE", named(backend, probe.missing));
    prepareInBackground(probe, options.log);
    return probe.provider;
  }
  return firstWorking(
    AUTO.map((name) => () => probes[name](options)),
    options.log,
  );
}

const probes: Readonly<Record<Backend, (options: SandboxOptions) => Promise<Candidate>>> = {
  async docker({ stateDir, docker, audit, warm = 1, engine: { runtime, waive } = {}, guard, calm, log, onProgress }) {
    const { dockerSandbox, probeDocker } = await import("@claw/sandbox-docker");
    const found = await probeDocker();
    if (!found.reachable) return { missing: found.reason };
    const proxy = await guard.through(found);
    const setup = imageSetup(docker, { audit, log });
    const provider = dockerSandbox({
      stateDir,
      log,
      warm,
      ...(docker.image === undefined ? {} : { image: docker.image }),
      ...(setup === undefined ? {} : { setup }),
      ...(runtime === undefined ? {} : { runtime }),
      ...(waive === undefined ? {} : { waive }),
      ...(proxy === undefined ? {} : { proxy }),
    });
    const prepare = async (): Promise<void> => {
      await calm;
      await provider.prepare({ onProgress }).finally(() => onProgress(undefined));
    };
    return { provider, prepare };
  },
  async bwrap({ stateDir }) {
    const { bwrapSandbox, probeBwrap } = await import("@claw/sandbox-bwrap");
    const probe = await probeBwrap();
    return probe.available ? { provider: bwrapSandbox({ stateDir }) } : { missing: probe.reason };
  },
  async virtual({ stateDir }) {
    const { virtualSandbox } = await import("@claw/sandbox-virtual");
    return { provider: virtualSandbox({ stateDir }) };
  },
};

function named(backend: Backend, why: string): string {
  return `sandbox.backend is "${backend}", which can't be used here. ${why} Or set sandbox.backend to "auto". Nothing runs on the host instead.`;
}

function prepareInBackground(candidate: Extract<Candidate, { provider: SandboxProvider }>, log: Logger): void {
  candidate.prepare?.().catch((error: unknown) => log.warn("the sandbox is not ready", { error: String(error) }));
}
