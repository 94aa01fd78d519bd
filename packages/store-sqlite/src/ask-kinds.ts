import type {
  Approval,
  ApprovalDecision,
  AskEnd,
  Inquiry,
  NewApproval,
  NewAsk,
  NewInquiry,
  QuestionAnswers,
  Scope,
} from "@claw/core";
import type { AskStatements } from "./ask-statements.ts";

type AskRow = NonNullable<ReturnType<AskStatements["byId"]["get"]>>;

/** How one kind of asking is written and read. */
export interface AskKind<New extends NewAsk, One, Answer> {
  readonly kind: AskRow["kind"];
  /** For who answers; it lets them see as well. */
  readonly scope: Scope;
  /** What the kind has of its own. */
  subject(asked: New): unknown;
  /** `undefined`: nobody's. */
  written(answer: Answer | undefined): NonNullable<AskRow["answer"]> | undefined;
  read(row: AskRow): One;
}

export const approvalKind: AskKind<NewApproval, Approval, ApprovalDecision> = {
  kind: "approval",
  scope: "approvals",
  subject: ({ action, input, rule, reason }) => ({ action, input, rule, reason }),
  written: (decision = "deny") => decision,
  read: (row) => ({
    ...asked(row),
    ...(row.subject as Pick<NewApproval, "action" | "input" | "rule" | "reason">),
    ...ended(row, { decision: row.answer as ApprovalDecision }),
  }),
};

export const inquiryKind: AskKind<NewInquiry, Inquiry, QuestionAnswers | "skip"> = {
  kind: "inquiry",
  scope: "write",
  subject: ({ questions }) => ({ questions }),
  written: (answers) => (answers === "skip" ? undefined : answers),
  read: (row) => ({
    ...asked(row),
    ...(row.subject as Pick<NewInquiry, "questions">),
    ...ended(row, row.answer === null ? {} : { answers: row.answer as QuestionAnswers }),
  }),
};

function asked({ id, owner, run, call, agent, session, digest, createdAt, expiresAt }: AskRow) {
  return {
    ...{ id, owner, agent, session, digest, createdAt, expiresAt },
    ...(run === null ? {} : { run }),
    ...(call === null ? {} : { call }),
  };
}

function ended<Value>({ answeredBy: by, answeredAt: at }: AskRow, value: Value): { readonly answer?: AskEnd & Value } {
  return at === null ? {} : { answer: { ...value, at, ...(by === null ? {} : { by }) } };
}
