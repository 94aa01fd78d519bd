import { engineAddress } from "./engine.ts";
import { askEngine } from "./probe.ts";

export interface EngineSecurity {
  /** What it isolates with: `seccomp`, `apparmor`, `selinux`, `userns`, `rootless`. */
  readonly options: readonly string[];
  /** It can limit memory and processes. */
  readonly limits: boolean;
}

const TIMEOUT_MS = 5_000;

/** What an engine says of its isolation; `undefined` when it doesn't say. Never rejects, and loads no Docker client. */
export async function engineSecurity(engine?: string): Promise<EngineSecurity | undefined> {
  try {
    const { body } = await askEngine(engineAddress(engine), "/info", AbortSignal.timeout(TIMEOUT_MS));
    const { SecurityOptions, MemoryLimit, PidsLimit } = JSON.parse(body);
    if (!Array.isArray(SecurityOptions)) return undefined;
    const options = SecurityOptions.map((option) => /^name=([a-z-]+)/.exec(String(option))?.[1] ?? String(option));
    return { options, limits: MemoryLimit === true && PidsLimit === true };
  } catch {
    return undefined;
  }
}
