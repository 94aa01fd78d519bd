import type { Approval, ApprovalDecision, Clock, Logger, NewApproval, Store } from "@claw/core";
import { type Asks, createAsks } from "./asks.ts";
import type { Audiences } from "./audiences.ts";

/** Effects that wait for people. What was granted for always comes back answered. */
export type Approvals = Asks<NewApproval, Approval, ApprovalDecision>;

export interface ApprovalsOptions {
  readonly store: Pick<Store, "as" | "approvals">;
  readonly audiences: Pick<Audiences, "hold" | "release">;
  readonly clock: Clock;
  readonly log: Logger;
  readonly tell: (event: "requested" | "resolved", approval: Approval) => void;
}

const APPROVAL_TIMEOUT_MS = 30 * 60_000;

/** When an approval that is asked for now is denied for want of an answer. */
export function approvalEnd(clock: Clock, timeoutMs = APPROVAL_TIMEOUT_MS): Date {
  return new Date(clock.now().getTime() + timeoutMs);
}

export function createApprovals({ store, ...options }: ApprovalsOptions): Approvals {
  const ledger = store.approvals;
  const asks = createAsks({ ...options, ledger, own: (principal) => store.as(principal).approvals });
  return {
    ...asks,
    request: async (ask) => (await ledger.grant(ask)) ?? asks.request(ask),
  };
}
