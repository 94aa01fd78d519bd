import type { Question, Tool } from "@claw/core";
import { z } from "zod";
import { lastText, scriptedAgent } from "./script.fixture.ts";

export const question = {
  questionId: "target",
  header: "Target",
  question: "Where to?",
  options: [{ label: "Staging", description: "first" }, { label: "Production" }],
};

/** Asks where to deploy, and says what it was told; a restart finds its call still to be made. */
export function deploying(questions: readonly Question[] = [question]) {
  let asked = 0;
  const tool: Tool<{ again?: number | undefined }> = {
    name: "ask_user",
    description: "asks",
    input: z.strictObject({ again: z.number().optional() }),
    repeatable: true,
    async run(_input, context) {
      asked++;
      const said = await context.ask(questions, { timeoutMs: 5 * 60_000 });
      const output =
        said === undefined ? "no answer" : `${said.answers["target"]?.join("+")} (${said.provenance.trust})`;
      return { output, failed: false };
    },
  };
  const agent = scriptedAgent(async function* ({ messages, call }) {
    if (lastText(messages) === "hello") return yield "hello";
    const last = messages.at(-1);
    if (last?.role === "assistant") for (const waiting of last.toolCalls) await call(waiting);
    else yield [{ id: `call-${messages.length}`, tool: "ask_user", input: {} }];
    const result = messages.at(-1);
    yield result?.role === "tool" ? result.output : "no result";
  });
  return { asked: () => asked, options: { agents: [agent] as const, tools: [tool as Tool] } };
}
