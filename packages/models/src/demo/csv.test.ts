import fc from "fast-check";
import { expect, test } from "vitest";
import { parseCsv } from "./csv.ts";

test("quoted fields keep delimiters, quotes and line breaks", () => {
  expect(parseCsv('name,says\r\n"Doe, Jane","He said ""no""\nand left"\r\n')).toEqual([
    ["name", "says"],
    ["Doe, Jane", 'He said "no"\nand left'],
  ]);
});

test("a byte order mark and blank lines are left out, and semicolons and tabs divide", () => {
  expect(parseCsv("\ufeffa;b\n\n1;2\n")).toEqual([
    ["a", "b"],
    ["1", "2"],
  ]);
  expect(parseCsv("a\tb\n1,5\t2")).toEqual([
    ["a", "b"],
    ["1,5", "2"],
  ]);
});

test("what is written as RFC 4180 says is read back", () => {
  const field = fc.string({ unit: fc.constantFrom("a", "é", ",", '"', "\n", "\r", " ", "1", ";") });
  const records = fc
    .integer({ min: 2, max: 5 })
    .chain((width) =>
      fc.array(fc.array(field, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 8 }),
    );
  fc.assert(
    fc.property(records, (rows) => {
      const header = rows[0]?.map((_, index) => `column ${index}`) ?? [];
      const text = [header, ...rows]
        .map((row) => row.map((one) => `"${one.replaceAll('"', '""')}"`).join(","))
        .join("\r\n");
      expect(parseCsv(text)).toEqual([header, ...rows]);
    }),
  );
});

test("no text makes the parser throw", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => Array.isArray(parseCsv(text))));
});
