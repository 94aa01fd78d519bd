import type { Duplex } from "node:stream";
import {
  type Action,
  type Approval,
  type ApprovalDecision,
  type Audit,
  type AuditedIntent,
  type Clock,
  type Decision,
  digestOf,
  type Logger,
  type Principal,
  type Provenance,
} from "@claw/core";
import { type Approvals, approvalEnd } from "./approvals.ts";

/** Where decisions about a session's connections are recorded, and people are asked about them. */
export interface NetworkDesk {
  /** Resolves when the record can't be lost. */
  record(input: Action["input"], decision: Decision): Promise<AuditedIntent>;
  /**
   * Asks people, for as long as the sandbox is there. `allow-always` holds for the same input in the same session, also
   * after a restart.
   */
  ask(question: NetworkQuestion, signal: AbortSignal): Promise<ApprovalDecision>;
}

export interface NetworkQuestion {
  readonly input: Action["input"];
  readonly rule: string;
  readonly reason: string;
}

/** A session whose sandbox connects to something. */
export interface NetworkSite {
  readonly session: string;
  readonly agent: string;
  /** Fires when the sandbox is given back. */
  readonly signal: AbortSignal;
  /** Of the call that used the sandbox last. */
  readonly desk: () => NetworkDesk;
}

/** Owns the connection from now on. */
export type ServeNetwork = (connection: Duplex, site: NetworkSite) => void;

/** In whose name a sandbox connects. */
interface NetworkActor {
  readonly principal: Principal;
  readonly agent: string;
  readonly session: string;
  /** As it is when something is connected to. */
  readonly provenance: () => Provenance;
  /** Tells the session what its sandbox waits for. */
  readonly tell: (approval: Approval) => void;
}

export type NetworkDesks = (actor: NetworkActor) => NetworkDesk;

export interface NetworkDesksOptions {
  readonly audit: Audit;
  readonly approvals: Pick<Approvals, "request" | "answered" | "close">;
  readonly clock: Clock;
  readonly log: Logger;
}

const TYPE = "network.connect";

export function createNetworkDesks({ audit, approvals, clock, log }: NetworkDesksOptions): NetworkDesks {
  return ({ principal, agent, session, provenance, tell }) => {
    const record: NetworkDesk["record"] = (input, decision) =>
      audit.intent(
        { type: TYPE, principal, agent, session, provenance: provenance(), input, digest: digestOf(input) },
        decision,
      );

    async function ask({ input, rule, reason }: NetworkQuestion, signal: AbortSignal): Promise<Approval> {
      const question = { agent, session, principal, input, digest: digestOf(input), rule, reason, action: TYPE };
      const asked = await approvals.request({ ...question, expiresAt: approvalEnd(clock) });
      if (asked.answer === undefined) tell(asked);
      const answered = await approvals.answered(asked, signal);
      if (answered === undefined) await approvals.close(asked.id);
      return answered ?? asked;
    }

    return {
      record,
      async ask(question, signal) {
        const { rule, reason } = question;
        const beganMs = clock.monotonicMs();
        const recorded = await record(question.input, { effect: "ask", rule, reason });
        const { id, answer } = await ask(question, signal);
        const decision = answer?.decision ?? "deny";
        const summary = `${decision} by ${answer?.by ?? "nobody"} (${id})`;
        await recorded
          .outcome({ ok: decision !== "deny", summary, durationMs: clock.monotonicMs() - beganMs })
          .catch((error: unknown) => log.error("an answer is missing in the audit", { error: String(error) }));
        return decision;
      },
    };
  };
}
