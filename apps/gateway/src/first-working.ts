import { ClawError, type Logger, type SandboxProvider } from "@claw/core";

type Candidate =
  | { readonly provider: SandboxProvider; readonly prepare?: () => Promise<void> }
  | { readonly missing: string };

/**
 * The first candidate that is there. While it prepares (an image may have to be built) it is the one in use and
 * `acquire` waits; should it fail, the next one takes its place, and the log says why.
 */
export async function firstWorking(
  candidates: readonly (() => Promise<Candidate>)[],
  log: Logger,
): Promise<SandboxProvider> {
  const left = [...candidates];
  let current = await next();
  let settled = settle();

  async function next(): Promise<Extract<Candidate, { provider: SandboxProvider }>> {
    for (let probe = left.shift(); probe !== undefined; probe = left.shift()) {
      const candidate = await probe();
      if ("provider" in candidate) return candidate;
      log.debug("a sandbox backend is not there", { reason: candidate.missing });
    }
    throw new ClawError("SANDBOX_UNAVAILABLE", "No sandbox backend works on this machine.");
  }

  async function settle(): Promise<void> {
    try {
      await current.prepare?.();
    } catch (error) {
      const failed = current.provider.name;
      current = await next();
      log.warn(`the ${failed} sandbox can't be used, ${current.provider.name} takes its place`, {
        error: messageOf(error),
      });
      settled = settle();
      await settled;
    }
  }

  return {
    get name() {
      return current.provider.name;
    },
    get summary() {
      return current.provider.summary;
    },
    get limits() {
      return current.provider.limits;
    },
    status: () => current.provider.status?.() ?? { state: "ready" },
    async acquire(spec, options) {
      await settled;
      return current.provider.acquire(spec, options);
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
