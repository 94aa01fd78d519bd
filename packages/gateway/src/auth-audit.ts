import { type Audit, type Clock, digestOf, type Logger, type Principal } from "@claw/core";
import type { Attempt } from "./auth-limiter.ts";

interface RefusedAttempt extends Attempt {
  readonly code: string;
  /** The address gets no further check for now. */
  readonly lockedOut: boolean;
}

/** Records a refused credential, never the credential itself. Never rejects: the caller is refused either way. */
export type AuthAudit = (attempt: RefusedAttempt) => Promise<void>;

const NOBODY: Principal = { id: "nobody", kind: "service", tenant: "local", scopes: [], credential: "refused" };
const MINUTE_MS = 60_000;
/** Beyond them a flood from many addresses fills the disk; lockouts are recorded all the same. */
const MAX_RECORDS_PER_MINUTE = 1_000;

/** Refused credentials as records of the audit, with what a flood left out counted in the next one. */
export function createAuthAudit(audit: Audit, clock: Clock, log: Logger): AuthAudit {
  let minuteStartMs = clock.monotonicMs();
  let recorded = 0;
  let leftOut = 0;
  return async ({ credential, remoteAddress, code, lockedOut }) => {
    const nowMs = clock.monotonicMs();
    if (nowMs - minuteStartMs >= MINUTE_MS) {
      minuteStartMs = nowMs;
      recorded = 0;
    }
    if (recorded >= MAX_RECORDS_PER_MINUTE && !lockedOut) {
      leftOut += 1;
      return;
    }
    recorded += 1;
    const input = { credential, remoteAddress: remoteAddress ?? "unknown", code, lockedOut, leftOut };
    leftOut = 0;
    const action = {
      type: "credential.check",
      principal: NOBODY,
      agent: "",
      session: "",
      provenance: { origins: [], trust: "untrusted", because: [] },
      input,
      digest: digestOf(input),
    } as const;
    await audit
      .intent(action, { effect: "deny", rule: "gateway.auth", reason: code })
      .catch((error: unknown) => log.error("a refused credential is missing in the audit", { error: String(error) }));
  };
}
