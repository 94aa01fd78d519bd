import fc from "fast-check";
import { expect, test } from "vitest";
import { parseValue } from "./read-value.ts";

test.each([
  ["19000", 19_000],
  ["true", true],
  ["null", null],
  ["'19000'", "19000"],
  ["openai/gpt-5", "openai/gpt-5"],
  ["['exec', /* no */ \"write\"]", ["exec", "write"]],
  ["{ primary: 'a/b' }", { primary: "a/b" }],
  ["Infinity", "Infinity"],
  ["[NaN]", "[NaN]"],
  ["", ""],
])("%s is read as %j", (text, value) => expect(parseValue(text)).toEqual(value));

test("any text gives a value that JSON can hold", () => {
  fc.assert(fc.property(fc.string(), (text) => JSON.stringify(parseValue(text)) !== undefined));
});
