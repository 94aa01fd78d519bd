import fc from "fast-check";
import { expect, test } from "vitest";
import { answerFromText } from "./question-answers.ts";

const options = [{ label: "Staging" }, { label: "Production" }, { label: "7" }];
const one = { options };
const several = { options, multiSelect: true };

test.each([
  [one, " 2 ", ["Production"]],
  [one, "staging", ["Staging"]],
  [one, "neither, thanks", ["neither, thanks"]],
  [one, "4", ["4"]],
  [one, "1,2", ["1,2"]],
  [several, "1, production", ["Staging", "Production"]],
  [several, "1,1", ["Staging"]],
  [several, "2, before noon, if you can", ["Production", "before noon, if you can"]],
  [several, "before noon, please", ["before noon, please"]],
])("%j takes %j for %j", (question, text, answers) => {
  expect(answerFromText(question, text)).toEqual(answers);
});

test("whatever is said, there is an answer, and one where one is asked for", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.boolean(), (text, multiSelect) => {
      const given = answerFromText({ options, multiSelect }, text);
      expect(given.length).toBeGreaterThan(0);
      if (!multiSelect) expect(given).toHaveLength(1);
      expect(given.filter((answer) => !options.some(({ label }) => label === answer)).length).toBeLessThan(2);
    }),
  );
});
