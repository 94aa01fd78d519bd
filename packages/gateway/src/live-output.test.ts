import type { OutputChunk } from "@claw/core";
import { expect, test } from "vitest";
import { liveOutput } from "./live-output.ts";

function watched() {
  const shown: OutputChunk[] = [];
  let nowMs = 0;
  const write = liveOutput(
    (chunk) => shown.push(chunk),
    () => nowMs,
  );
  const pass = (ms: number): void => {
    nowMs += ms;
  };
  return { shown, write, pass };
}

test("ordinary output is shown as it comes", () => {
  const { shown, write, pass } = watched();
  const chunks = ["one\n", "", "two\n", "x".repeat(10_000)].map((text) => ({ stream: "stdout", text }) as const);
  for (const chunk of chunks) {
    write(chunk);
    pass(30);
  }
  expect(shown).toEqual(chunks.filter(({ text }) => text !== ""));
});

test("of a flood a part is shown, and how much was not", () => {
  const { shown, write, pass } = watched();
  for (let chunk = 0; chunk < 1_000; chunk++) {
    write({ stream: "stdout", text: "y".repeat(65_536) });
    pass(1);
  }
  pass(100);
  write({ stream: "stderr", text: "the end" });
  const text = shown.map((chunk) => chunk.text).join("");
  expect(text.length).toBeLessThan(200_000);
  expect(text).toMatch(/^y{16384}\n\[… \d+ characters not shown …\]\ny{16384}\n\[/);
  expect(text).toMatch(/characters not shown …\]\nthe end$/);
  const counted = [...text.matchAll(/\[… (\d+) /g)].reduce((sum, [, count]) => sum + Number(count), 0);
  expect(counted + text.replaceAll(/[^y]/g, "").length).toBe(65_536_000);
});
