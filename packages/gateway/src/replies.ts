import type { Address, Inquiry, Principal, QuestionAnswers, Store } from "@claw/core";
import { answerFromText } from "@claw/protocol";
import { answerProblem, type Inquiries } from "./inquiries.ts";
import type { Runs } from "./runs.ts";
import { sameAddress } from "./same-address.ts";

/** A message that came over a channel. */
interface Said {
  readonly text: string;
  readonly session: string;
  readonly principal: Principal;
  readonly replyTo?: Address;
}

export interface Reply {
  /** What the history says to it. */
  readonly text: string;
  /** Its sender is told that as well: it was no answer. */
  readonly told: boolean;
  /** To be called once the message can't be lost; again does no harm. */
  readonly settle: () => Promise<unknown>;
}

/** What a message answers that was asked of its sender where it was written; `undefined` when it answers nothing. */
export type Replies = (said: Said) => Promise<Reply | undefined>;

export interface RepliesOptions {
  readonly store: Pick<Store, "as">;
  readonly inquiries: Pick<Inquiries, "answer">;
  readonly runs: Pick<Runs, "get">;
}

/** As long as an answer may be over the protocol. */
const MAX_ANSWER_CHARACTERS = 4_096;

export function createReplies({ store, inquiries, runs }: RepliesOptions): Replies {
  return async ({ text: said, session, principal, replyTo }) => {
    if (replyTo === undefined) return undefined;
    const waiting = await store.as(principal).inquiries.list({ pending: true });
    const inquiry = waiting.findLast(
      ({ run, session: asked, owner }) =>
        asked === session &&
        owner === principal.id &&
        sameAddress(replyTo, run === undefined ? undefined : runs.get(run)?.replyTo),
    );
    if (inquiry === undefined) return undefined;
    const answers = answersIn(inquiry, said);
    if (typeof answers === "string") return { text: answers, told: true, settle: async () => {} };
    const text = `Answered: ${Object.values(answers).flat().join(", ")}`;
    return { text, told: false, settle: () => inquiries.answer(principal, inquiry.id, answers) };
  };
}

/** Or why they are none. */
function answersIn(inquiry: Inquiry, text: string): QuestionAnswers | string {
  const { questions } = inquiry;
  if (text.length > MAX_ANSWER_CHARACTERS)
    return `That is too long for an answer: ${MAX_ANSWER_CHARACTERS} characters at most.`;
  const lines = questions.length === 1 ? [text] : text.split("\n").filter((line) => line.trim() !== "");
  if (lines.length !== questions.length)
    return `I asked ${questions.length} questions: please answer each on a line of its own.`;
  const answers = Object.fromEntries(
    questions.map((question, index) => [question.questionId, answerFromText(question, lines[index] ?? "")]),
  );
  return answerProblem(inquiry, answers) ?? answers;
}
