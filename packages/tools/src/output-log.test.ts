import fc from "fast-check";
import { expect, test } from "vitest";
import { keyBytes } from "./keys.ts";
import { outputLog } from "./output-log.ts";

test("what is read from any place is what was written there, or begins where the log still does", () => {
  fc.assert(
    fc.property(
      fc.array(fc.string({ maxLength: 30 })),
      fc.nat(40),
      fc.nat(200),
      fc.nat(50),
      (parts, max, offset, most) => {
        const log = outputLog(max);
        for (const part of parts) log.append(part);
        const all = parts.join("");
        const { text, from, next } = log.read(offset, most);
        expect(log.length).toBe(all.length);
        expect(from).toBe(Math.min(Math.max(offset, all.length - Math.min(max, all.length)), all.length));
        expect(text).toBe(all.slice(from, next).toWellFormed());
        expect(next - from).toBe(Math.min(most, all.length - from));
      },
    ),
  );
});

test("keys are what a terminal sends for them, and unknown names are none", () => {
  const sent = ["Enter", "C-c", "^D", "M-x", "Up", "a", "é", "C-?", "Space"].map(keyBytes);
  expect(sent).toEqual(["\r", "\x03", "\x04", "\x1bx", "\x1b[A", "a", "é", "\x7f", " "]);
  expect(["Hyper", "C-1", ""].map(keyBytes)).toEqual([undefined, undefined, undefined]);
});
