import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { logLine } from "./log-line.ts";

const plain = (line: string): string => stripVTControlCharacters(logLine(line));

test("a line says when, how bad, what, and its fields", () => {
  const line = {
    level: 40,
    time: Date.parse("2026-01-02T03:04:05.678Z"),
    session: "agent:main:main",
    forMs: 12,
    msg: "a run is late",
  };
  expect(plain(JSON.stringify(line))).toBe(
    "2026-01-02 03:04:05.678  warn   a run is late  session=agent:main:main forMs=12",
  );
});

test("a value with blanks is quoted, and what would move the cursor is left out", () => {
  const esc = String.fromCharCode(27);
  expect(plain(JSON.stringify({ level: 30, msg: `a${esc}[2Jb`, reason: "two words" }))).toContain('reason="two words"');
  expect(logLine(`${esc}[2J not JSON`)).not.toContain(`${esc}[2J`);
});
