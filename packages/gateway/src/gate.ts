import {
  type Action,
  type Audit,
  type AuditedIntent,
  ClawError,
  type Clock,
  type Decision,
  digestOf,
  type Logger,
  type Policy,
  type Principal,
  type Provenance,
} from "@claw/core";
import type { GatewayErrorCode } from "./errors.ts";
import type { Timeline } from "./timeline.ts";

/** Who wants what, before it has a digest. */
interface Intent {
  readonly type: Action["type"];
  readonly principal: Principal;
  readonly agent: string;
  readonly session: string;
  readonly provenance: Provenance;
  readonly input: Readonly<Record<string, unknown>>;
}

/** How an effect's result reads in the record. */
interface Outcome {
  readonly ok: boolean;
  readonly summary: string;
}

export interface Gate {
  /**
   * Decides, records the decision, performs, records the outcome. `perform` runs only on an allowed intent whose
   * record can't be lost. Rejects with `GATEWAY_REFUSED` on deny and on ask while nobody can be asked.
   */
  pass<T>(
    intent: Intent,
    timeline: Timeline,
    perform: (action: Action) => Promise<T>,
    describe: (result: T) => Outcome,
  ): Promise<T>;
}

export interface GateOptions {
  readonly policy: Policy;
  readonly audit: Audit;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createGate({ policy, audit, clock, log }: GateOptions): Gate {
  /** What has happened has happened: a record that can't be written does not make another result of it. */
  async function recordOutcome(
    record: AuditedIntent,
    timeline: Timeline,
    outcome: Outcome,
    durationMs: number,
  ): Promise<void> {
    const endRecord = timeline.begin("record");
    await record
      .outcome({ ...outcome, durationMs })
      .catch((error: unknown) => log.error("an outcome is missing in the audit", { error: String(error) }))
      .finally(endRecord);
  }

  return {
    async pass(intent, timeline, perform, describe) {
      const endDecide = timeline.begin("decide", intent.type);
      const action: Action = { ...intent, digest: digestOf(intent.input) };
      const decision = await decide(policy, action);
      const record = await audit.intent(action, decision).finally(endDecide);
      if (decision.effect !== "allow") throw refusal(decision);

      const beganMs = clock.monotonicMs();
      const result = await perform(action).catch(async (error: unknown) => {
        await recordOutcome(record, timeline, { ok: false, summary: summarise(error) }, clock.monotonicMs() - beganMs);
        throw error;
      });
      await recordOutcome(record, timeline, describe(result), clock.monotonicMs() - beganMs);
      return result;
    },
  };
}

/** No opinion and a throw are both deny. */
export async function decide(policy: Policy, action: Action): Promise<Decision> {
  try {
    const decision = await policy(action);
    return (
      decision ?? { effect: "deny", rule: "default", reason: `no rule allows ${action.type}; add one to the policy` }
    );
  } catch (error) {
    return { effect: "deny", rule: "policy-error", reason: `the policy failed: ${summarise(error)}` };
  }
}

export function refusal(decision: Decision & { effect: "deny" | "ask" }): ClawError<GatewayErrorCode> {
  const what = decision.effect === "deny" ? "Refused" : "Needs an approval, which nobody can give here yet; refused";
  return new ClawError("GATEWAY_REFUSED", `${what} by rule ${decision.rule}: ${decision.reason}`);
}

function summarise(error: unknown): string {
  return ClawError.is(error) ? error.code : error instanceof Error ? error.name : "unknown failure";
}
