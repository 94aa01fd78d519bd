import type { Asked, AskLedger, NewAsk, OwnAsks } from "./asks.ts";

/** `allow-always`: every call of the same tool with the same input in the same session. */
export type ApprovalDecision = "allow-once" | "allow-always" | "deny";

/** An effect that waits for a person. The digest is of `input`, and without an answer it is denied. */
export interface NewApproval extends NewAsk {
  /** What would run, as `Action.type` and `Action.input`: what people are shown is what the digest binds. */
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
  /** What asked, and why. */
  readonly rule: string;
  readonly reason: string;
}

/** An effect that waits for a person, or what became of it. */
export type Approval = Asked<NewApproval, { readonly decision: ApprovalDecision }>;

/** Answering takes the scope `approvals`. */
export type OwnApprovals = OwnAsks<Approval, ApprovalDecision>;

export interface ApprovalLedger extends AskLedger<NewApproval, Approval> {
  /** The `allow-always` of the same owner that covers the same digest in the same session. */
  grant(asked: Pick<NewApproval, "principal" | "session" | "digest">): Promise<Approval | undefined>;
}
