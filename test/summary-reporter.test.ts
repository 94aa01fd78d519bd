import { expect, test } from "vitest";
import { summarize, type TestOutcome } from "./summary-reporter.ts";

const outcome = (name: string, state: TestOutcome["state"]): TestOutcome => ({ file: "a.test.ts", name, state });

test("counts passed, failed and unfinished tests and errors outside tests", () => {
  const outcomes = [outcome("a", "passed"), outcome("b", "failed"), outcome("c", "pending")];
  expect(summarize(outcomes, 2, [])).toMatchObject({ passed: 1, failed: 4, skipped: [], forbidden: [] });
});

test("forbids a skip that no entry of the list names", () => {
  const outcomes = [outcome("group > a", "skipped"), outcome("group > b", "skipped")];
  const allowed = [{ file: "a.test.ts", test: "group > a", because: "the platform has no limit" }];
  expect(summarize(outcomes, 0, allowed).forbidden.map(({ name }) => name)).toEqual(["group > b"]);
});

test("forbids a skip of the same name in another file", () => {
  const allowed = [{ file: "b.test.ts", test: "a", because: "the platform has no limit" }];
  expect(summarize([outcome("a", "skipped")], 0, allowed).forbidden).toHaveLength(1);
});
