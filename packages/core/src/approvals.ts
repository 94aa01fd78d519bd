import type { Principal } from "./principal.ts";

/** `allow-always`: every call of the same tool with the same input in the same session. */
export type ApprovalDecision = "allow-once" | "allow-always" | "deny";

/** An effect that waits for a person, or what became of it. */
export interface NewApproval {
  /** Default: a new one. */
  readonly id?: string;
  /** The run that waits, and its call; absent when a client asked. Of one call and digest there is one approval. */
  readonly run?: string;
  readonly call?: string;
  readonly agent: string;
  readonly session: string;
  /** For whom it would be done. */
  readonly principal: Principal;
  /** What would run, as `Action.type` and `Action.input`: what people are shown is what the digest binds. */
  readonly action: string;
  readonly input: Readonly<Record<string, unknown>>;
  readonly digest: string;
  /** What asked, and why. */
  readonly rule: string;
  readonly reason: string;
  /** Without an answer by then it is denied. */
  readonly expiresAt: Date;
}

export interface Approval extends Omit<NewApproval, "principal"> {
  readonly id: string;
  /** Principal id of for whom it would be done. */
  readonly owner: string;
  readonly createdAt: Date;
  /** Absent while it waits. */
  readonly answer?: {
    readonly decision: ApprovalDecision;
    /** Principal id; absent when nobody answered in time, or the run ended before. */
    readonly by?: string;
    readonly at: Date;
  };
}

/** What one principal may see of approvals and answer: their own and, with `admin`, the tenant's. */
export interface OwnApprovals {
  get(id: string): Promise<Approval | undefined>;
  /** Newest first. `limit` defaults to 100. */
  list(options?: { readonly pending?: boolean; readonly limit?: number }): Promise<readonly Approval[]>;
  /**
   * The first answer counts: `first` is false when there was one, and the approval shows whose. `undefined` when there
   * is none that the principal may see. Rejects with `STORE_FORBIDDEN` without the scope `approvals`, and always for an
   * agent.
   */
  answer(
    id: string,
    decision: ApprovalDecision,
  ): Promise<{ readonly approval: Approval; readonly first: boolean } | undefined>;
}

/** The gateway's own hand over approvals. */
export interface ApprovalLedger {
  /** The one of the same run, call and digest, when there is one. Rejects with `STORE_CONFLICT` on an id that is taken. */
  request(approval: NewApproval): Promise<Approval>;
  /** The `allow-always` of the same owner that covers the same digest in the same session. */
  grant(asked: Pick<NewApproval, "principal" | "session" | "digest">): Promise<Approval | undefined>;
  /** Those that wait, oldest first. */
  pending(): Promise<readonly Approval[]>;
  /** Nobody's deny, for one that still waits; what was answered stays. */
  close(id: string): Promise<Approval>;
}
