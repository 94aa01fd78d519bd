import fc from "fast-check";
import stringWidth from "string-width";
import { expect, test } from "vitest";
import { type Column, table } from "./table.ts";

interface Row {
  readonly key: string;
  readonly title: string;
}
const columns: readonly Column<Row>[] = [
  { head: "KEY", cell: ({ key }) => key },
  { head: "TITLE", cell: ({ title }) => title, flexible: true },
  { head: "NOTE", cell: () => "" },
];

test("aligns columns and leaves out those that are empty", () => {
  const rows = [
    { key: "a", title: "first" },
    { key: "long", title: "second" },
  ];
  expect(table(columns, rows, 80)).toBe("KEY   TITLE\na     first\nlong  second");
});

test("fits the terminal, whatever the cells hold", () => {
  const row = fc.record({ key: fc.stringMatching(/^[a-z]{1,10}$/), title: fc.string({ unit: "grapheme" }) });
  fc.assert(
    fc.property(fc.array(row, { minLength: 1, maxLength: 5 }), fc.integer({ min: 24, max: 100 }), (rows, width) => {
      const lines = table(columns, rows, width).split("\n");
      expect(lines).toHaveLength(rows.length + 1);
      for (const line of lines) expect(stringWidth(line)).toBeLessThanOrEqual(width);
    }),
  );
});

test("keeps a cell that would break the line or command the terminal on its line", () => {
  const shown = table(columns, [{ key: "a", title: "one\n\x1b[2Jtwo" }], 80);
  expect(shown).toBe("KEY  TITLE\na    one [2Jtwo");
});
