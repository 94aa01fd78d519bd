import { expect, test } from "vitest";
import type { ToolCallState } from "../conversation/conversation.ts";
import { firstLines, lastLines, outputOf } from "./output-lines.ts";
import { toolFacts } from "./tool-facts.ts";

const call = (more: Partial<ToolCallState>): ToolCallState => ({
  ...{ callId: "c", name: "exec", args: undefined, state: "done", output: [], omitted: 0 },
  ...more,
});

test("a command is told from the other arguments", () => {
  const args = { command: "ls -l\npwd", timeoutMs: 5_000, path: "a.txt" };
  expect(toolFacts(call({ args, details: { exitCode: 2, durationMs: 31 } }))).toEqual({
    command: "ls -l\npwd",
    subject: "ls -l",
    otherArguments: [
      ["timeoutMs", "5000"],
      ["path", "a.txt"],
    ],
    exitCode: 2,
    durationMs: 31,
    timedOut: false,
  });
});

test("a call that asks is about its questions", () => {
  const questions = [{ id: "a", question: "Where to?" }, null, { question: 7 }, { question: "When?" }];
  expect(toolFacts(call({ args: { questions } })).subject).toBe("Where to? When?");
});

test("arguments and details of any shape do no harm", () => {
  for (const args of [undefined, null, 7, "text", ["a"]])
    expect(toolFacts(call({ args, details: { exitCode: "none" } }))).toEqual({
      subject: "",
      otherArguments: [],
      timedOut: false,
    });
});

const pieces = [
  { stream: "stdout", text: "1\n2\n" },
  { stream: "stderr", text: "3\n4" },
] as const;

test("output is what was watched, or else what is recorded", () => {
  expect(outputOf(call({ output: pieces, result: "recorded" }))).toMatchObject({ lines: 4, pieces });
  expect(outputOf(call({ result: "one\ntwo\n\n" }))).toEqual({
    lines: 2,
    pieces: [{ stream: "stdout", text: "one\ntwo" }],
  });
  expect(outputOf(call({}))).toEqual({ lines: 0, pieces: [] });
});

test("folding cuts at lines, over both streams", () => {
  const words = (cut: typeof firstLines, limit: number) => cut(pieces, limit).map(({ text }) => text);
  expect(words(firstLines, 3)).toEqual(["1\n2\n", "3"]);
  expect(words(lastLines, 3)).toEqual(["2\n", "3\n4"]);
  expect(words(lastLines, 1)).toEqual(["4"]);
});
