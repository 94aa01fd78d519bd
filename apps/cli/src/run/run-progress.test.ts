import { expect, test } from "vitest";
import { createProgress } from "./run-progress.ts";

function recorded() {
  const told: string[] = [];
  const progress = createProgress({
    onText: (text) => told.push(text),
    onRestart: () => told.push("<restart>"),
    onToolStart: ({ name }) => told.push(`<${name}>`),
    onToolEnd: ({ name, output }) => told.push(`</${name} ${output}>`),
  });
  return { progress, told };
}
const start = { phase: "start", name: "exec", toolCallId: "1", args: { command: "ls" } } as const;
const result = {
  phase: "result",
  name: "exec",
  toolCallId: "1",
  isError: false,
  result: { content: [{ type: "text", text: "a.txt" }], details: { exitCode: 0 } },
} as const;

test("tells text and tool calls in their order, and the final text not again", () => {
  const { progress, told } = recorded();
  progress.delta("Let me ", false);
  progress.delta("look.", false);
  progress.tool(start);
  progress.tool(result);
  progress.delta("One file.", false);
  progress.finalText("One file.");
  expect(told).toEqual(["Let me ", "look.", "<exec>", "</exec a.txt>", "One file."]);
  expect(progress.toolCalls).toEqual([
    { id: "1", name: "exec", args: { command: "ls" }, output: "a.txt", failed: false, details: { exitCode: 0 } },
  ]);
});

test("completes what was missed", () => {
  const { progress, told } = recorded();
  progress.delta("Hel", false);
  progress.textSoFar("Hello");
  progress.finalText("Hello, world");
  expect(told).toEqual(["Hel", "lo", ", world"]);
});

test("begins again when the text was another one", () => {
  const { progress, told } = recorded();
  progress.delta("Hel", false);
  progress.delta("Good", true);
  progress.finalText("Bye");
  expect(told).toEqual(["Hel", "<restart>", "Good", "<restart>", "Bye"]);
});

test("does not repeat the text of a step that was stopped during its tool call", () => {
  const { progress, told } = recorded();
  progress.delta("Let me look.", false);
  progress.tool(start);
  progress.finalText("Let me look.");
  expect(told).toEqual(["Let me look.", "<exec>"]);
});
