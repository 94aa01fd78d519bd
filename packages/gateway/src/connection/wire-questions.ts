import type { Inquiry } from "@claw/core";
import type { QuestionRow, QuestionWait } from "@claw/protocol";
import { statusOf } from "../inquiries.ts";

/** Questions as clients show them. Stock clients drop a row with a key they do not know. */
export function questionRow(inquiry: Inquiry): QuestionRow {
  const { id, questions, agent, session, run, createdAt, expiresAt, answer } = inquiry;
  return {
    id,
    questions: questions.map((question) => ({ ...question, isOther: true })),
    agentId: agent,
    sessionKey: session,
    ...(run === undefined ? {} : { runId: run }),
    createdAtMs: createdAt.getTime(),
    expiresAtMs: expiresAt.getTime(),
    status: statusOf(inquiry),
    ...(answer?.answers === undefined ? {} : { answers: { answers: answer.answers } }),
    ...(answer?.by === undefined ? {} : { resolvedBy: answer.by }),
  };
}

export function questionWait(inquiry: Inquiry): QuestionWait {
  const answers = inquiry.answer?.answers;
  if (answers !== undefined) return { status: "answered", answers: { answers } };
  return { status: statusOf(inquiry) as Exclude<QuestionRow["status"], "answered"> };
}
