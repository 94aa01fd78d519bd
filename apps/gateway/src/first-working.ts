import { ClawError, type Logger, type SandboxProvider } from "@claw/core";

/** A backend that is there, with what makes it ready; or why it is not there. */
export type Candidate =
  | { readonly provider: SandboxProvider; readonly prepare?: () => Promise<void> }
  | { readonly missing: string };

type Present = Extract<Candidate, { provider: SandboxProvider }>;

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
  const settled = settle();
  // Whoever acquires sees it; until then nobody has to.
  settled.catch(() => {});

  async function next(): Promise<Present> {
    for (let probe = left.shift(); probe !== undefined; probe = left.shift()) {
      const candidate = await probe();
      if ("provider" in candidate) return candidate;
      log.debug("a sandbox backend is not there", { reason: candidate.missing });
    }
    throw new ClawError("SANDBOX_UNAVAILABLE", "No sandbox backend works on this machine.");
  }

  async function settle(): Promise<void> {
    try {
      return await current.prepare?.();
    } catch (error) {
      const failed = current.provider.name;
      current = await next();
      const reason = error instanceof Error ? error.message : String(error);
      log.warn(`the ${failed} sandbox can't be used, ${current.provider.name} takes its place`, { reason });
      return settle();
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
    get carriesNetwork() {
      return current.provider.carriesNetwork ?? false;
    },
    status: () => current.provider.status?.() ?? { state: "ready" },
    async acquire(spec, options) {
      await unlessAborted(settled, options?.signal);
      return current.provider.acquire(spec, options);
    },
    async [Symbol.asyncDispose]() {
      await current.provider[Symbol.asyncDispose]?.();
    },
  };
}

/** An image may take minutes; whoever gives up before does not wait for it. */
async function unlessAborted(ready: Promise<void>, signal: AbortSignal | undefined): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(new ClawError("SANDBOX_ABORTED", "Stopped waiting for the sandbox."));
  signal?.addEventListener("abort", onAbort, { once: true });
  if (signal?.aborted) onAbort();
  await Promise.race([ready, aborted]).finally(() => signal?.removeEventListener("abort", onAbort));
}
