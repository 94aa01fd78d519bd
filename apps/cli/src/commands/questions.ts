import { answerFromText, type QuestionRow } from "@claw/protocol";
import type { Command } from "commander";
import { connect } from "../connect.ts";
import { EXIT_CODES } from "../exit-codes.ts";
import { CommandError } from "../failure.ts";
import { type GatewayFlags, withGatewayFlags } from "../gateway-flags.ts";
import { examples } from "../help.ts";
import { facts, paint, print, printJson } from "../output.ts";
import { table } from "../table.ts";
import { ago } from "../text.ts";

type Flags = GatewayFlags & { readonly json?: true };

const SCOPES = { scopes: ["operator.questions"] } as const;

export function addQuestions(program: Command): void {
  const questions = program.command("questions").description("see what agents want to know, and answer");

  const list = questions
    .command("list", { isDefault: true })
    .description("list what waits for an answer")
    .option("--json", "print JSON");
  examples(withGatewayFlags(list), [["claw questions", "what agents want to know"]]).action(
    async ({ json, ...flags }: Flags) => {
      using link = await connect(flags, SCOPES);
      const { questions: rows } = await link.client.request("question.list", {});
      if (json) printJson(rows);
      else if (rows.length === 0) print("No question waits for an answer.");
      else print(questionTable(rows));
    },
  );

  const show = questions
    .command("show")
    .argument("<id>", "of the question")
    .description("show what is asked, with its options")
    .option("--json", "print JSON");
  examples(withGatewayFlags(show), [["claw questions show 4f1c…", "with its options"]]).action(
    async (id: string, { json, ...flags }: Flags) => {
      using link = await connect(flags, SCOPES);
      const { question } = await link.client.request("question.get", { id });
      if (json) printJson(question);
      else print(details(question));
    },
  );

  const answer = questions
    .command("answer")
    .argument("<id>", "of the question")
    .argument("<answer...>", "number of an option, its label, or text of your own; one for each question")
    .description("answer it; the agent goes on")
    .option("--json", "print JSON");
  examples(withGatewayFlags(answer), [
    ["claw questions answer 4f1c… 1", "the first option"],
    ['claw questions answer 4f1c… 1,3 "not before May"', "two of the first question's, text for the second"],
  ]).action(async (id: string, given: readonly string[], { json, ...flags }: Flags) => {
    using link = await connect(flags, SCOPES);
    const { question } = await link.client.request("question.get", { id });
    const answers = { answers: answersFrom(question, given) };
    const resolved = await link.client.request("question.resolve", { id, answers });
    if (json) printJson(resolved);
    else print(`Answered ${id}.`);
  });

  const skip = questions
    .command("skip")
    .argument("<id>", "of the question")
    .description("leave it unanswered; the agent goes on by itself")
    .option("--json", "print JSON");
  examples(withGatewayFlags(skip), [["claw questions skip 4f1c…", "the agent decides"]]).action(
    async (id: string, { json, ...flags }: Flags) => {
      using link = await connect(flags, SCOPES);
      const resolved = await link.client.request("question.resolve", { id, cancel: true });
      if (json) printJson(resolved);
      else print(`Skipped ${id}.`);
    },
  );
}

/** By question, in their order. */
function answersFrom({ questions }: QuestionRow, given: readonly string[]): Readonly<Record<string, string[]>> {
  if (given.length !== questions.length) {
    const wanted = questions.map(({ header }) => header).join(", ");
    throw new CommandError(EXIT_CODES.usage, `Expected one answer for each of: ${wanted}; found ${given.length}.`);
  }
  return Object.fromEntries(
    questions.map((question, index) => [question.questionId, [...answerFromText(question, given[index] ?? "")]]),
  );
}

function questionTable(rows: readonly QuestionRow[]): string {
  const now = Date.now();
  return table(
    [
      { head: "ID", cell: ({ id }) => id, paint: (text) => paint("cyan", text) },
      {
        head: "QUESTION",
        cell: ({ questions }) => questions.map(({ question }) => question).join(" / "),
        flexible: true,
      },
      { head: "OPTIONS", cell: ({ questions }) => questions.map(optionsOf).join(" / "), flexible: true },
      { head: "AGENT", cell: ({ agentId }) => agentId },
      { head: "ASKED", cell: ({ createdAtMs }) => ago(now - createdAtMs) },
    ],
    rows,
  );
}

type Question = QuestionRow["questions"][number];

const optionsOf = ({ options }: Question): string =>
  options.map(({ label }, index) => `${index + 1} ${label}`).join(", ");

function details({ questions, agentId, sessionKey, runId, createdAtMs, expiresAtMs, ...row }: QuestionRow): string {
  return facts([
    ...questions.flatMap(({ question, options, multiSelect, questionId }) => [
      ["question", question] as const,
      ...options.map(({ label, description }, index) => [`  ${index + 1}`, described(label, description)] as const),
      ...(multiSelect ? [["", "several may be chosen, with commas between them"] as const] : []),
      ...(row.answers === undefined ? [] : [["answer", (row.answers.answers[questionId] ?? []).join(", ")] as const]),
    ]),
    ["agent", agentId],
    ["session", sessionKey],
    ...(runId === undefined ? [] : [["run", runId] as const]),
    ["asked", new Date(createdAtMs).toISOString()],
    ["until", new Date(expiresAtMs).toISOString()],
    ["status", row.resolvedBy === undefined ? row.status : `${row.status} by ${row.resolvedBy}`],
  ]);
}

const described = (label: string, description: string | undefined): string =>
  description === undefined ? label : `${label}: ${description}`;
