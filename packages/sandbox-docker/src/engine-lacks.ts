import { engineAddress } from "./engine.ts";
import { type EngineGuard, missingGuards } from "./engine-guards.ts";
import { askEngine } from "./probe.ts";

const TIMEOUT_MS = 5_000;

/** What an engine can't enforce; `undefined` when it doesn't say. Never rejects, and loads no Docker client. */
export async function engineLacks(engine?: string): Promise<readonly EngineGuard[] | undefined> {
  try {
    const { body } = await askEngine(engineAddress(engine), "/info", AbortSignal.timeout(TIMEOUT_MS));
    const info = JSON.parse(body);
    return Array.isArray(info.SecurityOptions) ? missingGuards(info) : undefined;
  } catch {
    return undefined;
  }
}
