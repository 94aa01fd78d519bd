import { expect, test } from "vitest";
import type { ToolCallReport } from "./run-report.ts";
import { endedLine } from "./tool-line.ts";

const call: ToolCallReport = {
  id: "1",
  name: "exec",
  args: { command: "ls -l" },
  output: "",
  failed: false,
  details: {},
};

test.each<readonly [string, Partial<ToolCallReport>]>([
  ["▸ exec ls -l  exit 0  12 ms", { details: { exitCode: 0, durationMs: 12.3 } }],
  ["▸ exec ls -l  exit 2  1.5 s", { details: { exitCode: 2, durationMs: 1_500 }, failed: true, output: "no" }],
  ["▸ read a.txt", { name: "read", args: { path: "a.txt", limit: 3 } }],
  ['▸ sessions {"limit":3}', { name: "sessions", args: { limit: 3 } }],
  ["▸ ping", { name: "ping", args: {} }],
  ["▸ exec two lines", { args: { command: "two\n lines" } }],
  ["▸ exec [2J", { args: { command: "\x1b[2J" } }],
  [
    "▸ write a.txt  failed\n  The policy denied it.",
    { name: "write", args: { path: "a.txt" }, failed: true, output: "The policy\ndenied it." },
  ],
])("%s", (line, changes) => expect(endedLine({ ...call, ...changes })).toBe(line));
