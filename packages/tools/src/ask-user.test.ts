import type { GivenAnswers, Provenance, Question, ToolContext, ToolResult } from "@claw/core";
import { expect, test } from "vitest";
import { askUserTool } from "./ask-user.ts";

const provenance: Provenance = { origins: ["owner"], trust: "trusted", because: [] };
const question = {
  id: "target",
  header: "Deployment target",
  question: "Where to?",
  options: [{ label: "Staging", description: "first" }, { label: "Production" }],
};

/** What was asked, for how long, and what came of it. */
async function ask(input: unknown, answers?: GivenAnswers["answers"]) {
  const tool = askUserTool();
  const parsed = await tool.input["~standard"].validate(input);
  if (parsed.issues !== undefined) return { issues: parsed.issues.map(({ message }) => message) };
  const asked: { questions: readonly Question[]; timeoutMs: number }[] = [];
  const context: Pick<ToolContext, "ask"> = {
    async ask(questions, { timeoutMs }) {
      asked.push({ questions, timeoutMs });
      return answers && { answers, provenance };
    },
  };
  const result: ToolResult = await tool.run(parsed.value, context as ToolContext);
  return { asked, result };
}

test("the person is asked what the model wrote, and the answer is the result", async () => {
  const { asked, result } = await ask({ questions: [question] }, { target: ["Staging"] });
  const { id: questionId, ...rest } = question;
  expect(asked).toEqual([{ questions: [{ ...rest, questionId, header: "Deployment t" }], timeoutMs: 900_000 }]);
  expect(JSON.parse(result?.output ?? "")).toEqual({
    status: "answered",
    answers: { answers: { target: ["Staging"] } },
  });
  expect(result).toMatchObject({ failed: false, provenance });
});

test("no answer is no failure", async () => {
  const { result } = await ask({ questions: [question] });
  expect(result).toEqual({ output: '{"status":"no_answer"}', failed: false });
});

test.each([
  [1, 30_000],
  [60, 60_000],
  [100_000, 3_600_000],
])("%i seconds are waited for within the limits: %i ms", async (timeoutSeconds, timeoutMs) => {
  expect((await ask({ questions: [question], timeoutSeconds })).asked).toMatchObject([{ timeoutMs }]);
});

test("what can't be asked is refused", async () => {
  expect((await ask({ questions: [question, question] })).issues).toEqual(["each id once"]);
  expect((await ask({ questions: Array(4).fill(question) })).issues).not.toBeUndefined();
  expect((await ask({ questions: [{ ...question, options: [{ label: "Only" }] }] })).issues).not.toBeUndefined();
});
