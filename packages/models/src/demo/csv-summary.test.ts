import fc from "fast-check";
import { expect, test } from "vitest";
import { summarizeCsv } from "./csv-summary.ts";

const people = "id,name,age,city\n1,Ada,36,London\n2,Grace,85,New York\n3,Alan,41,\n";

test("a summary holds the columns, the numbers, the rows and what stands out", () => {
  expect(
    summarizeCsv("/workspace/data.csv", people, 10),
  ).toBe(`**\`/workspace/data.csv\`**: 3 rows (all there are), 4 columns.

Columns: \`id\` (number), \`name\` (text), \`age\` (number), \`city\` (text).

| Number column | min | mean | max |
| --- | --- | --- | --- |
| id | 1 | 2 | 3 |
| age | 36 | 54 | 85 |

| id | name | age | city |
| --- | --- | --- | --- |
| 1 | Ada | 36 | London |
| 2 | Grace | 85 | New York |
| 3 | Alan | 41 |  |

Notable:
- \`age\` is highest for \`Grace\` (85) and lowest for \`Ada\` (36).
- \`city\` is empty in 1 row.`);
});

test("an empty file, a lone header and uneven rows are told", () => {
  expect(summarizeCsv("a.csv", "", 10)).toBe("`a.csv` is empty.");
  expect(summarizeCsv("a.csv", "x,y\n", 10)).toContain("0 rows (all there are), 2 columns");
  expect(summarizeCsv("a.csv", "x,y\n1\n2,3,4\n", 10)).toContain("2 rows with too few or too many fields");
});

test("asked for as many rows as came, it claims nothing of the rest", () => {
  expect(summarizeCsv("a.csv", people, 3)).toContain("3 rows (the first of the file)");
});

test("cells can't break out of the table", () => {
  expect(summarizeCsv("a.csv", 'x,y\n"a|b","c\nd"\n', 10)).toContain("| a\\|b | c d |");
});

test("no text makes the summary throw", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => summarizeCsv("a.csv", text, 10).length > 0));
});
