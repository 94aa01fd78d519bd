import { sandboxError } from "./errors.ts";

/**
 * What an engine is relied on for and may not have: an engine that lacks it takes the option all the same and ignores
 * it. The sentence is what then holds.
 */
const GUARDS = {
  seccomp: "System calls are not filtered: the engine has no seccomp.",
  apparmor: "No profile of AppArmor or SELinux stands behind the other walls: the engine has neither.",
  userns: "Users of the container are users of the host by number: the engine has no user namespace for them.",
  memory: "Memory is not limited: the engine can't.",
  swap: "Swap is not limited, so that a sandbox gets more memory than it should: the engine can't.",
  pids: "The number of processes is not limited: the engine can't.",
  cpu: "The share of the processor is not limited: the engine can't.",
} as const;

export type EngineGuard = keyof typeof GUARDS;

/** Engines of most systems lack them, and the others stand without them. */
const DEFAULT_WAIVE: readonly EngineGuard[] = ["apparmor", "userns"];

export interface EngineDemands {
  /** The OCI runtime. Default: the engine's own. */
  readonly runtime?: string | undefined;
  /** What the engine may lack. Default `apparmor` and `userns`. */
  readonly waive?: readonly EngineGuard[] | undefined;
}

/** What an engine says of itself, as far as it matters here. */
export interface EngineInfo {
  readonly SecurityOptions?: readonly string[] | null;
  readonly CgroupDriver?: string;
  readonly MemoryLimit?: boolean;
  readonly SwapLimit?: boolean;
  readonly PidsLimit?: boolean;
  readonly CpuCfsQuota?: boolean;
  readonly Runtimes?: Readonly<Record<string, unknown>> | null;
}

/**
 * What the engine lacks and is waived, as sentences for people. Rejects an engine that lacks more, or the runtime, with
 * `SANDBOX_UNAVAILABLE`.
 */
export function checkEngine(info: EngineInfo, { runtime, waive = DEFAULT_WAIVE }: EngineDemands): readonly string[] {
  const runtimes = Object.keys(info.Runtimes ?? {}).toSorted();
  if (runtime !== undefined && !runtimes.includes(runtime)) {
    throw sandboxError(
      "SANDBOX_UNAVAILABLE",
      `The engine has no runtime "${runtime}", but ${runtimes.join(", ")}. Install it, name it in the engine's daemon.json, or correct sandbox.docker.runtime.`,
    );
  }
  const missing = missingGuards(info);
  const refused = missing.filter((guard) => !waive.includes(guard));
  if (refused.length > 0) {
    throw sandboxError(
      "SANDBOX_UNAVAILABLE",
      `${refused.map((guard) => GUARDS[guard]).join(" ")} Use an engine that can, or accept that with sandbox.docker.waive: ${JSON.stringify([...waive, ...refused])}.`,
    );
  }
  return missing.map((guard) => GUARDS[guard]);
}

/** What the engine can't enforce, waived or not. */
export function missingGuards(info: EngineInfo): readonly EngineGuard[] {
  const options = (info.SecurityOptions ?? []).map((option) => /^(?:name=)?(\w+)/.exec(option)?.[1]);
  // A rootless engine has no control groups to limit anything with, where it is not given any.
  const controls = info.CgroupDriver !== "none";
  const has: Readonly<Record<EngineGuard, boolean>> = {
    seccomp: options.includes("seccomp"),
    apparmor: options.includes("apparmor") || options.includes("selinux"),
    userns: options.includes("userns") || options.includes("rootless"),
    memory: controls && info.MemoryLimit === true,
    swap: controls && info.SwapLimit === true,
    pids: controls && info.PidsLimit === true,
    cpu: controls && info.CpuCfsQuota === true,
  };
  return (Object.keys(has) as readonly EngineGuard[]).filter((guard) => !has[guard]);
}
