import { type Clock, digestOf, type Inquiry, type NewInquiry, type QuestionAnswers, type Store } from "@claw/core";
import { type AskSite, type Asks, createAsks } from "./asks.ts";

/** Questions that wait for people. */
export type Inquiries = Asks<NewInquiry, Inquiry, QuestionAnswers | "skip">;

export interface InquiriesOptions extends AskSite<Inquiry> {
  readonly store: Pick<Store, "as" | "inquiries">;
}

const QUESTION_TIMEOUT_MS = 15 * 60_000;

export function createInquiries({ store, ...options }: InquiriesOptions): Inquiries {
  return createAsks({ ...options, ledger: store.inquiries, own: (principal) => store.as(principal).inquiries });
}

/** What is asked now, of the people of a session. */
export function inquiryOf(
  clock: Clock,
  asked: Omit<NewInquiry, "digest" | "expiresAt">,
  timeoutMs = QUESTION_TIMEOUT_MS,
): NewInquiry {
  const digest = digestOf({ questions: asked.questions });
  return { ...asked, digest, expiresAt: new Date(clock.now().getTime() + timeoutMs) };
}

/** How it ended, or that it waits. */
export function statusOf({ answer, expiresAt }: Inquiry): "pending" | "answered" | "cancelled" | "expired" {
  if (answer === undefined) return "pending";
  if (answer.answers !== undefined) return "answered";
  return answer.by === undefined && answer.at >= expiresAt ? "expired" : "cancelled";
}

/** Why these are no answers to the questions; `undefined` when they are. */
export function answerProblem(
  { questions }: Pick<NewInquiry, "questions">,
  answers: QuestionAnswers,
): string | undefined {
  const ids = questions.map(({ questionId }) => questionId);
  const strange = Object.keys(answers).find((id) => !ids.includes(id));
  if (strange !== undefined) return `there is no question ${strange}; there are ${ids.join(", ")}`;
  for (const { questionId, options, multiSelect = false } of questions) {
    const given = answers[questionId] ?? [];
    if (given.every((text) => text.trim() === ""))
      return `${questionId} has no answer; all questions are answered together`;
    if (new Set(given).size < given.length) return `${questionId}: the same answer twice`;
    if (!multiSelect && given.length > 1) return `${questionId}: expected one answer, found ${given.length}`;
    const own = given.filter((text) => !options.some(({ label }) => label === text));
    if (own.length > 1) return `${questionId}: expected options and at most one text of one's own`;
  }
  return undefined;
}
