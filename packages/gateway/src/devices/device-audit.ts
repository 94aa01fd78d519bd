import { type Action, type Audit, type Clock, digestOf, type Logger, type Principal } from "@claw/core";
import { spokenBy } from "../methods/submit.ts";

/** What is decided about which device. */
interface DeviceDecision {
  readonly method: string;
  readonly deviceId?: string;
  readonly requestId?: string;
  readonly role?: string;
  readonly scopes?: readonly string[];
}

interface Deciding<Result> {
  /** Throws when the principal may not. */
  readonly check?: () => void;
  /** Resolves with `undefined` when there is nothing to change. */
  readonly change: () => Promise<Result>;
}

/** Puts a decision on record, a refused one as well, and then lets it take effect; without the record it takes none. */
export type DeviceAudit = <Result>(
  principal: Principal,
  decision: DeviceDecision,
  deciding: Deciding<Result>,
) => Promise<Result>;

export function createDeviceAudit(audit: Audit, clock: Clock, log: Logger): DeviceAudit {
  const unrecorded = (error: unknown): void =>
    log.error("a decision about a device is not whole in the audit", { error: String(error) });

  return async (principal, decision, { check, change }) => {
    const action = actionOf(principal, decision);
    const rule = decision.method;
    try {
      check?.();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      await audit.intent(action, { effect: "deny", rule, reason }).catch(unrecorded);
      throw error;
    }
    const record = await audit.intent(action, { effect: "allow", rule });
    const beganMs = clock.monotonicMs();
    const ended = (ok: boolean, summary: string): Promise<void> =>
      record.outcome({ ok, summary, durationMs: clock.monotonicMs() - beganMs }).catch(unrecorded);
    try {
      const result = await change();
      await ended(result !== undefined, result === undefined ? "nothing to change" : "done");
      return result;
    } catch (error) {
      await ended(false, error instanceof Error ? error.message : String(error));
      throw error;
    }
  };
}

function actionOf(principal: Principal, decision: DeviceDecision): Action {
  const input = { ...decision };
  const action = { type: "device.change", principal, agent: "", session: "", provenance: spokenBy(principal) } as const;
  return { ...action, input, digest: digestOf(input) };
}
