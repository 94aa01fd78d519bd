import type { Approval, ApprovalDecision, Clock, NewApproval, Store } from "@claw/core";
import { type AskSite, type Asks, createAsks } from "./asks.ts";

/** Effects that wait for people. What was granted for always comes back answered. */
export type Approvals = Asks<NewApproval, Approval, ApprovalDecision>;

export interface ApprovalsOptions extends AskSite<Approval> {
  readonly store: Pick<Store, "as" | "approvals">;
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
