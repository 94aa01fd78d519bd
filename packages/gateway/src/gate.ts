import {
  type Action,
  type Approval,
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
import { type Approvals, approvalEnd } from "./approvals.ts";
import type { GatewayErrorCode } from "./errors.ts";
import type { Timeline } from "./timeline.ts";
import { untilAnswered, type WaitingCall } from "./until-answered.ts";

/** Who wants what, before it has a digest. */
interface Intent {
  readonly type: Action["type"];
  readonly principal: Principal;
  readonly agent: string;
  readonly session: string;
  readonly provenance: Provenance;
  readonly input: Readonly<Record<string, unknown>>;
  /** How people are asked, should the policy want it. */
  readonly consent: Consent;
}

/** The call that would wait for an answer. */
export interface Consent extends WaitingCall<Approval> {
  readonly run: string;
  readonly call: string;
}

/** How an effect's result reads in the record. */
interface Outcome {
  readonly ok: boolean;
  readonly summary: string;
}

export interface Gate {
  /**
   * Decides, records the decision, performs, records the outcome. `perform` runs only on an allowed intent whose
   * record can't be lost. On ask it waits for a person's answer, which is bound to the digest of what will run. Rejects
   * with `GATEWAY_REFUSED` on deny, and with the reason of `consent.signal` when that ends the wait.
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
  readonly approvals: Approvals;
  readonly clock: Clock;
  readonly log: Logger;
}

export function createGate({ policy, audit, approvals, clock, log }: GateOptions): Gate {
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

  /** What people make of it. The question is on record before it is asked, its answer before it counts. */
  async function ask({ action, asked, record }: Question, consent: Consent, timeline: Timeline): Promise<Decision> {
    const { run, call } = consent;
    const { agent, session, principal, input, digest, type } = action;
    const { rule, reason } = asked;
    const endApproval = timeline.begin("approval", type);
    const beganMs = clock.monotonicMs();
    try {
      const approval = { run, call, agent, session, principal, input, digest, rule, reason, action: type };
      const answered = await untilAnswered(approvals, { ...approval, expiresAt: approvalEnd(clock) }, consent);
      const decision = decisionOf(answered);
      const summary = decision.rule;
      await recordOutcome(
        record,
        timeline,
        { ok: decision.effect === "allow", summary },
        clock.monotonicMs() - beganMs,
      );
      // Rules may have changed while it waited: a person's yes does not overrule a deny.
      const now = decision.effect === "allow" ? await decide(policy, action) : decision;
      return now.effect === "deny" ? now : decision;
    } finally {
      endApproval();
    }
  }

  return {
    async pass({ consent, ...intent }, timeline, perform, describe) {
      const endDecide = timeline.begin("decide", intent.type);
      const action: Action = { ...intent, digest: digestOf(intent.input) };
      const decided = await decide(policy, action);
      const first = await audit.intent(action, decided).finally(endDecide);
      const asked = decided.effect === "ask" ? { action, asked: decided, record: first } : undefined;
      const decision = asked === undefined ? decided : await ask(asked, consent, timeline);
      const record = asked === undefined ? first : await audit.intent(action, decision);
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
  const what = decision.effect === "deny" ? "Refused" : "Needs an approval, which this can't wait for; refused";
  return new ClawError("GATEWAY_REFUSED", `${what} by rule ${decision.rule}: ${decision.reason}`);
}

/** What a person is asked, on record. */
interface Question {
  readonly action: Action;
  readonly asked: Extract<Decision, { readonly reason: string }>;
  readonly record: AuditedIntent;
}

function decisionOf({ rule, id, answer }: Approval): Decision {
  const by = answer?.by;
  const allowed = answer !== undefined && answer.decision !== "deny" && by !== undefined;
  if (allowed) return { effect: "allow", rule: `${rule}: ${answer.decision} by ${by} (${id})` };
  const reason = by === undefined ? "it asks for an approval, and nobody answered in time" : `${by} said no`;
  return { effect: "deny", rule: `${rule} (${id})`, reason };
}

function summarise(error: unknown): string {
  return ClawError.is(error) ? error.code : error instanceof Error ? error.name : "unknown failure";
}
