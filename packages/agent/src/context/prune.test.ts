import type { Message } from "@claw/core";
import { expect, test } from "vitest";
import { cutMessage, cutText } from "./cut.ts";
import { contextLimits } from "./limits.ts";
import { project } from "./project.ts";
import { sumTokens } from "./tokens.ts";

const step = (id: string, characters: number): Message[] => [
  { role: "assistant", text: "", toolCalls: [{ id, tool: "exec", input: {} }], model: "test/m", stop: "tool-calls" },
  { role: "tool", callId: id, tool: "exec", output: "x".repeat(characters), failed: false },
];
const history = (steps: number, characters: number): readonly Message[] => [
  { role: "user", text: "go" },
  ...[...Array(steps).keys()].flatMap((index) => step(`c${index}`, characters)),
];
const outputs = (messages: readonly Message[]) =>
  messages.flatMap((message) => (message.role === "tool" ? [message.output.length] : []));

test("nothing is pruned unless it is asked for, nor while there is room", () => {
  const messages = history(10, 6_000);
  const limits = contextLimits(200_000, {});
  expect(outputs(project(messages, limits, undefined))).toEqual(outputs(messages));
  expect(outputs(project(messages, limits, { mode: "on" }))).toEqual(outputs(messages));
});

test("old results lose their middle first and go altogether later, and the newest are never touched", () => {
  const messages = history(10, 6_000);
  const trimmed = outputs(project(messages, contextLimits(45_000, {}), { mode: "on" }));
  expect(trimmed.slice(0, 2).every((length) => length <= 3_000)).toBe(true);
  expect(trimmed.slice(-3)).toEqual([6_000, 6_000, 6_000]);
  const cleared = outputs(project(messages, contextLimits(28_000, {}), { mode: "on" }));
  expect(cleared[0]).toBeLessThan(100);
  expect(cleared.slice(-3)).toEqual([6_000, 6_000, 6_000]);
});

test("the border of what is old moves seldom, so that the beginning of the request stays the same", () => {
  const limits = contextLimits(60_000, {});
  const seen = new Set<string>();
  for (let steps = 10; steps < 30; steps++) {
    seen.add(
      JSON.stringify(
        outputs(project(history(steps, 3_500), limits, { mode: "on", softTrimCharacters: 3_200 })).filter(
          (size) => size < 3_500,
        ).length,
      ),
    );
  }
  expect(seen.size).toBeLessThanOrEqual(6);
});

test("one result beyond its share is cut in what the model reads, with a mark", () => {
  const [, , result] = project(history(1, 100_000), contextLimits(50_000, {}), undefined);
  expect(result?.role === "tool" && result.output.length).toBeLessThanOrEqual(16_000);
  expect(result?.role === "tool" && result.output).toMatch(/\[… \d+ characters left out …\]/);
});

test("a cut text keeps its head and its tail, and never half a character", () => {
  expect(cutText("short", 100)).toBe("short");
  const cut = cutText(`begin ${"😀".repeat(500)} end`, 101);
  expect(cut).toMatch(/^begin .* end$/s);
  expect(cut.isWellFormed()).toBe(true);
});

test("large inputs of calls are cut field by field and stay objects", () => {
  const input = { path: "a.txt", content: "y".repeat(50_000) };
  const message: Message = {
    role: "assistant",
    text: "",
    toolCalls: [{ id: "c", tool: "write", input }],
    model: "test/m",
    stop: "tool-calls",
  };
  const cut = cutMessage(message, 1_000);
  expect(sumTokens([cut])).toBeLessThan(700);
  expect(cut).toMatchObject({
    toolCalls: [{ input: { path: "a.txt", content: expect.stringContaining("left out") } }],
  });
});
