import { expect, test } from "vitest";
import { answersOf, choose, EMPTY, type Question, write } from "./answers.ts";

const one: Question = {
  questionId: "one",
  header: "One",
  question: "Which?",
  options: [{ label: "A" }, { label: "B" }],
  isOther: true,
};
const several: Question = { ...one, questionId: "several", multiSelect: true };

test("of a question with one answer the last choice or words stand", () => {
  const chosen = choose(one, choose(one, EMPTY, "A"), "B");
  expect(answersOf([one], { one: chosen })).toEqual({ one: ["B"] });
  const written = write(one, chosen, " neither ");
  expect(answersOf([one], { one: written })).toEqual({ one: ["neither"] });
  expect(answersOf([one], { one: choose(one, written, "A") })).toEqual({ one: ["A"] });
  expect(answersOf([one], { one: choose(one, chosen, "B") })).toBeUndefined();
  expect(write(one, chosen, "  ").chosen).toEqual(["B"]);
});

test("of a question with several answers choices and words stand together, in the order of the options", () => {
  const draft = write(several, choose(several, choose(several, EMPTY, "B"), "A"), "and C");
  expect(answersOf([several], { several: draft })).toEqual({ several: ["A", "B", "and C"] });
  expect(answersOf([several], { several: choose(several, draft, "A") })).toEqual({ several: ["B", "and C"] });
  expect(answersOf([several], { several: { chosen: ["A"], own: " A " } })).toEqual({ several: ["A"] });
});

test("all are answered, or none is", () => {
  const draft = choose(one, EMPTY, "A");
  expect(answersOf([one, several], { one: draft })).toBeUndefined();
  expect(answersOf([one, several], { one: draft, several: draft })).toEqual({ one: ["A"], several: ["A"] });
});
