import fc from "fast-check";
import stringWidth from "string-width";
import { describe, expect, test } from "vitest";
import { ago, clip, duration, oneLine, printable, wrap } from "./text.ts";

const anyText = fc.string({ unit: "grapheme" });

describe("printable", () => {
  test("lets nothing through that a terminal would act on", () => {
    expect(printable("a\x1b[31mb\x07\x9b2J\r\u202Ec\n\td")).toBe("a[31mb2Jc\n\td");
    fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !/[^\P{Cc}\n\t]/u.test(printable(text))));
  });

  test("keeps what people write", () => {
    const text = "Grüße 👩‍👩‍👧 日本語 ‎עברית";
    expect(printable(text)).toBe(text);
  });
});

test("clip never exceeds the width and keeps what fits", () => {
  fc.assert(fc.property(anyText, fc.nat(40), (text, width) => stringWidth(clip(oneLine(text), width)) <= width));
  expect(clip("日本語", 6)).toBe("日本語");
  expect(clip("日本語", 5)).toBe("日本…");
  expect(clip("conversation", 8)).toBe("convers…");
});

test("wrap loses no word", () => {
  fc.assert(
    fc.property(
      fc.array(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }),
      fc.integer({ min: 12, max: 40 }),
      (words, width) => {
        const lines = wrap(words.join(" "), width);
        expect(lines.join(" ")).toBe(words.join(" "));
        expect(lines.every((line) => line.length <= width)).toBe(true);
      },
    ),
  );
});

test.each([
  [0, "0 ms"],
  [850.4, "850 ms"],
  [12_400, "12.4 s"],
  [200_000, "3 min 20 s"],
  [3_600_000, "1 h"],
  [18_120_000, "5 h 2 min"],
  [273_600_000, "3 d 4 h"],
])("a duration of %d ms reads %s", (ms, text) => expect(duration(ms)).toBe(text));

test.each([
  [59_000, "just now"],
  [61_000, "1 min ago"],
  [7_300_000, "2 h ago"],
])("%d ms ago reads %s", (ms, text) => expect(ago(ms)).toBe(text));
