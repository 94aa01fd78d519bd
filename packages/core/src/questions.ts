import type { Asked, AskLedger, NewAsk, OwnAsks } from "./asks.ts";

/** One thing that an agent wants to know. Text of one's own is always an answer as well. */
export interface Question {
  /** Names its answer; unique among those asked together. */
  readonly questionId: string;
  /** A word or two. */
  readonly header: string;
  readonly question: string;
  readonly options: readonly { readonly label: string; readonly description?: string }[];
  /** Several options may be chosen. */
  readonly multiSelect?: boolean;
}

/** What was chosen or written, by question id. */
export type QuestionAnswers = Readonly<Record<string, readonly string[]>>;

/** Questions that are asked together and answered together. */
export interface NewInquiry extends NewAsk {
  readonly questions: readonly Question[];
}

/** Without `answers` somebody skipped it, nobody answered in time, or its run ended before. */
export type Inquiry = Asked<NewInquiry, { readonly answers?: QuestionAnswers }>;

/** `skip`: not to be answered. Answering takes the scope `write`. */
export type OwnInquiries = OwnAsks<Inquiry, QuestionAnswers | "skip">;

export type InquiryLedger = AskLedger<NewInquiry, Inquiry>;
