import { z } from "zod";
import type { MethodSpecs } from "./method-spec.ts";
import { FOREIGN, foreign, identifier, sessionKey, shortText } from "./params.ts";

const id = identifier.describe("Of the questions that were asked together.");
const questionId = z
  .string()
  .max(64)
  .regex(/^[a-z][a-z0-9_]*$/);

const option = z.strictObject({
  label: z.string().min(1).max(64),
  description: z.string().max(256).optional(),
});
const question = z.strictObject({
  questionId: questionId.describe("Names its answer; unique among those asked together."),
  header: z.string().max(12).describe("A word or two."),
  question: shortText.min(1),
  options: z.array(option).max(4),
  multiSelect: z.boolean().optional().describe("Several options may be chosen."),
  isOther: z.boolean().optional().describe("Text of one's own is an answer as well: it always is."),
  ...foreign("isSecret", "secretStore", "url"),
});
/** The options, and one of one's own. */
const chosen = z.array(z.string().min(1).max(4_096)).max(5);
const answers = z.strictObject({ answers: z.record(questionId, chosen) });

const getParams = z.strictObject({ id });
const listParams = z.strictObject({});
const requestParams = z.strictObject({
  id: identifier.optional().describe("Default: a new one."),
  questions: z.array(question).min(1).max(3),
  agentId: identifier.optional(),
  sessionKey: sessionKey.optional().describe("Default: the agent's main session."),
  timeoutMs: z.int().min(1).max(3_600_000).optional().describe("Default 15 minutes, at most an hour."),
  runId: FOREIGN,
});
const waitParams = z.strictObject({
  id,
  timeoutMs: z.int().min(1).optional().describe("Default 30,000; the wait ends, the question goes on."),
  includeResolutionId: FOREIGN,
});
const resolveParams = z.strictObject({
  id,
  answers: answers.optional().describe("By `questionId`, all of them: labels of options, or text of one's own."),
  cancel: z.literal(true).optional().describe("Instead of answers: it is not to be answered."),
  resolvedBy: shortText.optional().describe("Changes nothing: who calls has answered."),
  ...foreign("resolutionId", "secretStoreAllowedHosts"),
});

/** What a person is asked, or was. Times in Unix milliseconds. */
export interface QuestionRow {
  readonly id: string;
  readonly questions: readonly {
    readonly questionId: string;
    readonly header: string;
    readonly question: string;
    readonly options: readonly { readonly label: string; readonly description?: string }[];
    readonly multiSelect?: boolean;
    /** Text of one's own is an answer as well. */
    readonly isOther: true;
  }[];
  readonly agentId: string;
  readonly sessionKey: string;
  /** The run that waits; absent when a client asked. */
  readonly runId?: string;
  readonly createdAtMs: number;
  readonly expiresAtMs: number;
  /** `cancelled`: skipped by a person, or its run ended before. */
  readonly status: "pending" | "answered" | "cancelled" | "expired";
  /** Present when it was answered. */
  readonly answers?: QuestionAnswersRow;
  readonly resolvedBy?: string;
}

interface QuestionAnswersRow {
  readonly answers: Readonly<Record<string, readonly string[]>>;
}

export interface QuestionRequested {
  readonly id: string;
  readonly expiresAtMs: number;
}

export type QuestionResolved =
  | { readonly status: "answered"; readonly answers: QuestionAnswersRow }
  | { readonly status: "cancelled" };

export type QuestionWait = QuestionResolved | { readonly status: "pending" | "expired" };

/** Payload of `question.resolved`. */
export type QuestionResolvedEvent = { readonly id: string } & Exclude<QuestionWait, { readonly status: "pending" }>;

export interface QuestionsResults {
  readonly "question.request": QuestionRequested;
  readonly "question.waitAnswer": QuestionWait;
  readonly "question.resolve": QuestionResolved;
  readonly "question.get": { readonly question: QuestionRow };
  readonly "question.list": { readonly questions: readonly QuestionRow[] };
}

const scope = "operator.questions";

const exampleQuestion = {
  questionId: "target",
  header: "Target",
  question: "Where should it be deployed?",
  options: [{ label: "Staging", description: "first" }, { label: "Production" }],
};

export const questionsMethods = {
  "question.request": {
    summary: "Asks the people of a session one to three questions, and answers at once.",
    params: requestParams,
    scope,
    example: { questions: [exampleQuestion], timeoutMs: 60_000 },
  },
  "question.waitAnswer": {
    summary: "Waits for the answers.",
    params: waitParams,
    scope,
    example: { id: "a", timeoutMs: 10 },
  },
  "question.resolve": {
    summary:
      "Answers all of them, or skips them. The first answer counts; a later one is refused and told whose it was.",
    params: resolveParams,
    scope,
    example: { id: "a", answers: { answers: { target: ["Staging"] } } },
  },
  "question.get": { summary: "What was asked, answered or not.", params: getParams, scope, example: { id: "a" } },
  "question.list": { summary: "What waits for an answer now.", params: listParams, scope, example: {} },
} as const satisfies MethodSpecs<QuestionsResults>;
