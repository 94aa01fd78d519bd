import type { Question, Tool } from "@claw/core";
import { z } from "zod";

const HEADER_CHARS = 12;
const DEFAULT_TIMEOUT_SECONDS = 900;

const question = z.strictObject({
  id: z
    .string()
    .max(64)
    .regex(/^[a-z][a-z0-9_]*$/)
    .describe("snake_case, names the answer"),
  header: z.string().min(1).describe("a word or two"),
  question: z.string().min(1).max(1_024).describe("one sentence, without the options"),
  options: z
    .array(z.strictObject({ label: z.string().min(1).max(64), description: z.string().max(256).optional() }))
    .min(2)
    .max(4)
    .describe("recommended one first; free text is always possible, so no “Other”"),
  multiSelect: z.boolean().optional().describe("several may be chosen"),
});

const input = z.strictObject({
  questions: z
    .array(question)
    .min(1)
    .max(3)
    .refine((all) => new Set(all.map(({ id }) => id)).size === all.length, "each id once"),
  timeoutSeconds: z.int().optional().describe(`30 to 3600, default ${DEFAULT_TIMEOUT_SECONDS}`),
});

/** Asks the person of the session, and waits. */
export function askUserTool(): Tool<z.infer<typeof input>> {
  return {
    name: "ask_user",
    description:
      "Ask the user, and wait for the answer. Only for decisions that are theirs and block you; one question a call unless they belong together. On no_answer go on with your best judgment.",
    input,
    repeatable: true,
    async run({ questions, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS }, context) {
      const timeoutMs = Math.min(3_600, Math.max(30, timeoutSeconds)) * 1_000;
      const answered = await context.ask(questions.map(asAsked), { timeoutMs });
      if (answered === undefined) return { output: JSON.stringify({ status: "no_answer" }), failed: false };
      const { answers, provenance } = answered;
      return { output: JSON.stringify({ status: "answered", answers: { answers } }), failed: false, provenance };
    },
  };
}

function asAsked({ id, header, question, options, multiSelect }: z.infer<typeof input>["questions"][number]): Question {
  return {
    questionId: id,
    header: header.trim().slice(0, HEADER_CHARS).trim(),
    question,
    options: options.map(({ label, description }) => ({
      label,
      ...(description === undefined ? {} : { description }),
    })),
    ...(multiSelect === true ? { multiSelect } : {}),
  };
}
