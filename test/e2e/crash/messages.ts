/** What a crashing gateway asks of the world outside, which outlives it. */
export type Question =
  | { readonly ask: "model"; readonly run: string; readonly results: number }
  | { readonly ask: "send"; readonly key: string; readonly peer: string; readonly text: string };

/** What the world answers, by the question's kind. */
export interface Answers {
  readonly model: { readonly tool: string } | { readonly text: string };
  readonly send: { readonly receipt: string } | { readonly failure: string };
}

/** From the gateway. */
export type Report =
  | { readonly type: "question"; readonly id: number; readonly question: Question }
  /** A journal call is about to be made, or has resolved. */
  | { readonly type: "transition"; readonly point: string; readonly subject: string }
  | { readonly type: "listening" }
  | { readonly type: "acknowledged"; readonly message: string }
  /** Work that the journal still holds. */
  | { readonly type: "remaining"; readonly count: number }
  /** A turn has ended, whatever became of it. */
  | { readonly type: "turn-ended" }
  /** The disk did not let it be done. */
  | { readonly type: "refused"; readonly order: Order; readonly reason: string }
  | { readonly type: "failed"; readonly reason: string };

/** To the gateway. */
export type Order =
  | { readonly type: "answer"; readonly id: number; readonly answer: Answers[Question["ask"]] }
  | { readonly type: "deliver"; readonly message: string; readonly peer: string }
  | { readonly type: "count-remaining" }
  | { readonly type: "stop" };

/** Where a gateway kills itself: at the `nth` passing (from 1) of `point`, or of any point when there is none. */
export interface CrashAt {
  readonly point?: string;
  readonly nth: number;
}
