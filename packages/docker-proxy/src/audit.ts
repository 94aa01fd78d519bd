import type { Logger } from "@claw/core";
import { Refusal } from "./refusal.ts";

/** What was decided about one request. It never holds what was sent, except names of keys that were refused. */
export interface DockerDecision {
  readonly tenant: string;
  readonly verdict: "allow" | "deny";
  /** As in the route table: `container.start`; absent when the request matched none. */
  readonly action?: string;
  /** The full id of what it is about, once it was found to be the tenant's. */
  readonly container?: string;
  /** What was refused: `HostConfig.Privileged`. */
  readonly rule?: string;
  readonly reason?: string;
}

/** Where decisions are recorded: an allowed request waits for it, and is refused when it rejects. */
export type DockerAudit = (decision: DockerDecision) => Promise<void>;

interface Records {
  /** Rejects with a `Refusal` when it could not be recorded. */
  allowed(action: string, container: string | undefined): Promise<void>;
  refused(refusal: Refusal, action: string | undefined): Promise<void>;
}

export function createRecords(tenant: string, log: Logger, audit?: DockerAudit): Records {
  async function record(decision: DockerDecision): Promise<void> {
    try {
      await audit?.(decision);
    } catch (error) {
      log.error("a decision about the engine can't be recorded", { tenant, error: String(error) });
      throw new Refusal("audit", "it could not be recorded", { status: 503, advice: "Look into the proxy's log." });
    }
  }
  return {
    allowed: (action, container) =>
      record({ tenant, verdict: "allow", action, ...(container === undefined ? {} : { container }) }),
    async refused({ rule, message: reason, status }, action) {
      const known = action === undefined ? {} : { action };
      log.warn("a request to the engine is refused", { tenant, ...known, status, rule, reason });
      // Unrecorded it is refused all the same.
      await record({ tenant, verdict: "deny", ...known, rule, reason }).catch(() => {});
    },
  };
}
